/** UIDs and tags with their names of PS3.6 beside them, where they have one. */

export const nameOfUid = (uid: string): string => uid;

/** @param tag 8 hex digits */
export const nameOfTag = (tag: string): string => `(${tag.slice(0, 4)},${tag.slice(4)})`;
