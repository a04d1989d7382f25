/** Makes a function that runs actions strictly one after the other, in the order they were asked for. */
export function oneAtATime(): <T>(action: () => Promise<T>) => Promise<T> {
	let last: Promise<unknown> = Promise.resolve();
	return (action) => {
		const turn = last.then(action);
		last = turn.catch(() => {});
		return turn;
	};
}
