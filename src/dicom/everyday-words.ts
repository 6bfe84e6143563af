/** What people call the attributes that they look for most, in small letters: the friendly options of `find` have these names. */
export const EVERYDAY_WORDS: ReadonlyMap<string, string> = new Map([
	['name', 'PatientName'],
	['patient', 'PatientName'],
	['id', 'PatientID'],
	['mrn', 'PatientID'],
	['acc', 'AccessionNumber'],
	['date', 'StudyDate'],
	['time', 'StudyTime'],
	['birth', 'PatientBirthDate'],
	['dob', 'PatientBirthDate'],
	['sex', 'PatientSex'],
	['mod', 'ModalitiesInStudy'],
	['modality', 'ModalitiesInStudy'],
	['desc', 'StudyDescription'],
	['description', 'StudyDescription'],
	['uid', 'StudyInstanceUID'],
]);
