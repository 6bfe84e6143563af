/** Which row it is among the rows of a level: what several nodes have of the same UID are several rows. */
import type { Row } from './browse-state.ts';

export const rowKey = ({ node, uid }: Pick<Row, 'node' | 'uid'>): string => `${node}\n${uid}`;

/** No node has a line feed in its name. */
export const ofKey = (key: string): Pick<Row, 'node' | 'uid'> => {
	const end = key.indexOf('\n');
	return { node: key.slice(0, end), uid: key.slice(end + 1) };
};
