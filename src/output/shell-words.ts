/** Words of a command that is shown to be pasted into a shell: whatever is in them, a peer's text too, they stay words. */

export const quoted = (text: string): string =>
	/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
