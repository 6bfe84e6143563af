/** Words of a command that is shown to be pasted into a shell: whatever is in them, a peer's text too, they stay words. */

export const quoted = (text: string): string =>
	/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

/** As `quoted`; a leading `~` or `~/` is still the home folder. */
export const quotedPath = (path: string): string => {
	const [home = ''] = /^~(?:\/|$)/.exec(path) ?? [];
	const rest = path.slice(home.length);
	return home !== '' && rest === '' ? home : home + quoted(rest);
};
