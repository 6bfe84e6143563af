/** What files of the archive are called, and which UIDs a name can be made of. */

export const FOLDER_NAME = /^\d{5,12}$/;
/** Of a file made here: the SOP Instance UID, for people who look for it, and what makes the name the only one. */
const FILE_NAME = /^[0-9.]{1,64}-[0-9a-f]{16}\.dcm$/;

/** True for a UID that can be a name too; its grammar (PS3.5 9.1) is wider in the field. */
export const isUid = (text: string): boolean => /^[0-9.]{1,64}$/.test(text) && /[0-9]/.test(text);

/** True for the name of a folder or file, relative, that is made here and nowhere else. */
export const isOwnName = (file: string): boolean => {
	const [folder = '', name, ...more] = file.split('/');
	return FOLDER_NAME.test(folder) && more.length === 0 && (name === undefined || FILE_NAME.test(name));
};

/** True for a relative name that stays below its folder: what a database says may be anybody's. */
export const isBelow = (file: string): boolean =>
	file.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
