/** What we take from a peer at most. Judged from headers, before anything is kept. */

/** The 6 bytes before every PDU's body: type, reserved, length of the body (PS3.8 9.3.1). */
export const PDU_HEADER_LENGTH = 6;

/** Item type, reserved, 2 bytes of length. */
export const ITEM_HEADER_LENGTH = 4;

/** PDV length (4), context ID (1), message control header (1), before a fragment (PS3.8 9.3.5.1 and Annex E.2). */
export const PDV_HEADER_LENGTH = 6;

/** Bytes of an A-ASSOCIATE-RQ or -AC body before its first item. */
export const ASSOCIATE_FIXED_LENGTH = 68;

/** Longest body of an A-ASSOCIATE-RQ or -AC that we collect, in bytes. */
export const MAX_ASSOCIATE_LENGTH = 0x10_0000;

/** Longest P-DATA-TF body where we announced no maximum, in bytes: it streams through, so this only tells a length from garbage. */
export const MAX_UNLIMITED_P_DATA_LENGTH = 0x4000_0000;

/** P-DATA-TF bodies up to this are taken whatever we announced, in bytes: they stream through, and there are peers that do not listen. */
export const TOLERATED_P_DATA_LENGTH = 0x10_0000;

/** Odd IDs from 1 to 255 (PS3.8 Table 9-13). */
export const MAX_PRESENTATION_CONTEXTS = 128;

/** The standard names no bound; real peers propose some 40 in a context. */
export const MAX_TRANSFER_SYNTAXES = 1024;

/** The standard names no bound; real peers send one role selection and one extended negotiation a SOP class. */
export const MAX_USER_INFORMATION_SUB_ITEMS = 1024;

/** Characters of an AE title field (PS3.8 Table 9-11). */
export const AE_TITLE_LENGTH = 16;
