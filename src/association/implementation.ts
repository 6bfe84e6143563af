/** How this implementation names itself to peers (PS3.7 D.3.3.2). */

/** Under 2.25 (PS3.5 B.2): made once from a random UUID, the same for every version. */
export const IMPLEMENTATION_CLASS_UID = '2.25.222087045923340651768190150392001920117';
/** At most 16 characters. */
export const IMPLEMENTATION_VERSION_NAME = 'DIMSE_0_1';
