/**
 * Remembers answers that never change, by what they were asked about. Who asks while the question is still open gets the same answer;
 * one that failed is forgotten, as a full disk may have been freed by the next time.
 */
export function askedOnce<T>(): (about: string, ask: () => Promise<T>) => Promise<T> {
	const answers = new Map<string, Promise<T>>();
	return (about, ask) => {
		const known = answers.get(about);
		if (known) return known;
		const answer = ask();
		answer.catch(() => answers.delete(about));
		answers.set(about, answer);
		return answer;
	};
}
