/** The name a keyword was made of (PS3.6 5: a keyword is the name without spaces, apostrophes and punctuation). */

/**
 * The keyword with its words parted: `StudyInstanceUID` gives `Study Instance UID`. Tables hold a name only where it is
 * another (`Patient's Name`).
 */
export const nameOfKeyword = (keyword: string): string =>
	keyword.replace(/([a-z0-9])([A-Z])/g, '$1 $2').replace(/([A-Z])([A-Z][a-z])/g, '$1 $2');
