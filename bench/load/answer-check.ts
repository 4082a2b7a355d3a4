/** Checks a whole body; throws with what is wrong. */
export type AnswerCheck = (body: Buffer) => void;
