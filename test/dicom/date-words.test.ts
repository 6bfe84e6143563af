import t from 'tap';
import { dateKey, timeKey } from '../../src/dicom/date-words.ts';
import { DicomError } from '../../src/errors.ts';

const today = new Date(2026, 2, 31, 12);

t.test('dates', async (t) => {
	for (const [text, key] of [
		['today', '20260331'],
		['yesterday', '20260330'],
		['-7d', '20260324-20260331'],
		['-2w', '20260317-20260331'],
		['-1m', '20260228-20260331'],
		['-13m', '20250228-20260331'],
		['-1y', '20250331-20260331'],
		['-30d', '20260301-20260331'],
		['2024-02', '20240201-20240229'],
		['202402', '20240201-20240229'],
		['2024', '20240101-20241231'],
		['2024-01-31', '20240131'],
		['20240131', '20240131'],
		['2024-01..2024-03', '20240101-20240331'],
		['2024..', '20240101-'],
		['..yesterday', '-20260330'],
		['20240101-20240131', '20240101-20240131'],
		['20240101-', '20240101-'],
		['-20240101', '-20240101'],
	] as const)
		t.equal(dateKey(text, today), key, text);
});

t.test('times', async (t) => {
	for (const [text, key] of [
		['08:00..12:00', '0800-1200'],
		['8..9:30', '08-0930'],
		['..12', '-12'],
		['22:00:30.5..', '220030.5-'],
		['0800-1200', '0800-1200'],
		['10:15', '1015'],
	] as const)
		t.equal(timeKey(text), key, text);
});

t.test('what is neither', async (t) => {
	for (const text of ['', '..', 'tomorrow', '2024-13', '2024-02-30', '1..2..3', '2024-02..2024-01', '-5x'])
		t.throws(() => dateKey(text, today), DicomError as unknown as Error, text);
	for (const text of ['', '..', '24:00', '8:60', 'noon', '1..2..3']) t.throws(() => timeKey(text), text);
});
