/** What it means when a file, a folder or a port of this machine does not do what was asked, as a table by Node's code. */
import type { Advice } from './explanation.ts';

interface LocalRow extends Omit<Advice, 'title'> {
	readonly code: RegExp;
	/** What the system says, in plain words; nothing where the message says it better. */
	readonly phrase?: string;
}

const LOCAL: readonly LocalRow[] = [
	{
		code: /^ENOENT$/,
		phrase: 'no such file or folder',
		means: ['it is misspelt, or has been moved'],
		do: ['check the path; a relative one counts from the current folder'],
	},
	{
		code: /^(EACCES|EPERM)$/,
		phrase: 'permission denied',
		means: ['this user has no right to it; ports below 1024 need rights of their own'],
		do: ['check its owner and rights, or use another path or port'],
	},
	{
		code: /^EISDIR$/,
		phrase: 'this is a folder',
		means: ['a file was expected here'],
		do: ['name a file'],
	},
	{
		code: /^NO_FILE$/,
		phrase: 'this is no file',
		means: ['a device, a pipe or a socket would be gone with a file in its place'],
		do: ['name a file'],
	},
	{
		code: /^NO_FOLDER$/,
		means: ['a file is written into a folder that is there'],
		do: ['check the path, or make the folder first'],
	},
	{
		code: /^ENOTDIR$/,
		phrase: 'this is not a folder',
		means: ['a folder was expected here, or a part of the path is a file'],
		do: ['name a folder, or move the file away'],
	},
	{
		code: /^DANGLING$/,
		phrase: 'this is a link to something that is not there',
		means: ['what it led to was moved or removed, or its disk is not mounted'],
		do: ['mount it, or make the link lead to a folder that is there; or use another folder'],
	},
	{
		code: /^EEXIST$/,
		phrase: 'it exists already',
		means: ['nothing is overwritten without being asked to'],
		do: ['use another name, or remove it first'],
	},
	{
		code: /^(ENOSPC|EDQUOT)$/,
		phrase: 'no room left',
		means: ['the disk is full, or the quota of this user is used up'],
		do: ['make room, or use another disk'],
	},
	{
		code: /^EFBIG$/,
		phrase: 'the file would be too big',
		means: ['a limit of this user or of the file system is reached'],
		do: ['raise the limit (ulimit -f), or use another disk'],
	},
	{
		code: /^EROFS$/,
		phrase: 'the disk cannot be written to',
		means: ['it is mounted read-only'],
		do: ['use another path'],
	},
	{
		code: /^EIO$/,
		phrase: 'the disk gives errors',
		means: ['a disk or a network drive does not work as it should'],
		do: ['check the disk; what was written last may be lost'],
	},
	{
		code: /^(EMFILE|ENFILE)$/,
		phrase: 'too many open files',
		means: ['a limit on open files and connections is reached'],
		do: ['raise the limit (ulimit -n), or do less at once: -j 1'],
	},
	{
		code: /^EADDRINUSE$/,
		phrase: 'the port is in use',
		means: ['another program, perhaps another copy of this one, listens there'],
		do: ['use another port, or stop the other program'],
	},
	{
		code: /^(ENOTFOUND|EAI_AGAIN)$/,
		phrase: 'there is no such host name',
		means: ['one can listen only on addresses of this machine'],
		do: ['give an address of this machine, or leave it out to listen on all of them'],
	},
	{
		code: /^EADDRNOTAVAIL$/,
		phrase: 'this machine does not have that address',
		means: ['one can listen only on addresses of this machine'],
		do: ['leave out the address to listen on all of them'],
	},
	{
		code: /^(ENAMETOOLONG|ELOOP)$/,
		phrase: 'the path is too long or goes in circles',
		means: ['a name has over 255 bytes, or links point to each other'],
		do: ['use another path'],
	},
	{
		code: /^(EBUSY|ETXTBSY|SQLITE_BUSY)$/,
		phrase: 'it is in use',
		means: ['another program holds it'],
		do: ['try again when the other program is done'],
	},
	{
		code: /^EPIPE$/,
		phrase: 'nobody reads the output any more',
		means: ['the program after the pipe has ended'],
		do: ['look at the program after the pipe'],
	},
	{
		code: /^NOT_DICOM$/,
		means: ['it is no DICOM file, or its beginning is damaged'],
		do: ['name a DICOM file, or the folder: files of one that are not DICOM are skipped'],
	},
	{
		code: /^LOCKED$/,
		means: ['two of them would spoil each other the index and the files'],
		do: ['stop that process, or use another --database-location and another --instance-location'],
	},
	{
		code: /^JOURNAL_IN_USE$/,
		means: ['another get or move is under way with it, and two would spoil it'],
		do: ['wait for that one; for another retrieve name another --journal'],
	},
	{
		code: /^CHANGING$/,
		means: ['two changes at once would lose one of them'],
		do: ['run it again; where no other dimse runs, take away the file .lock beside the configuration'],
	},
	{
		code: /^(NOT_A_DATABASE|CORRUPT)$/,
		means: ['the index cannot be read; the instances are files of their own, and nothing of them is lost by that'],
		do: ['build it anew from the files: dimse qrscp --reindex', 'or use another --database-location'],
	},
	{
		code: /^(FOREIGN_DATABASE|NEWER_SCHEMA|OLDER_SCHEMA)$/,
		means: ['it is a sound database, but not an index that this version of dimse has written'],
		do: ['use another --database-location, or build the index anew from the files with --reindex'],
	},
	{
		code: /^CUT_SHORT$/,
		means: ['a copy or a download of the file ended too early, and the rest of it is missing'],
		do: ['fetch the file again from where it came from'],
	},
	{
		code: /^NOT_UTF8$/,
		means: ['names of files are read as UTF-8 here, and this one is written in another character set'],
		do: ['rename it, or name a copy of it'],
	},
	{
		code: /^UNMAKEABLE$/,
		means: ['the folder above belongs to the system, which keeps no files in it'],
		do: ['use another path'],
	},
	{
		code: /./,
		means: ['something on this machine did not do what was asked ({code})'],
		do: ['check the path and its rights', 'run it again with -d for the details'],
	},
];

/** @param code Node's; the last row fits all. */
export const localAdvice = (code: string): LocalRow =>
	(LOCAL.find((row) => row.code.test(code)) ?? LOCAL.at(-1)) as LocalRow;
