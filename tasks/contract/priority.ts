/** The rank of each word for a priority, by its plain word: 1 is first, 0 is none. */
export type Priorities = Readonly<Record<string, number>>;

/** The ranks of words where an orchfile says nothing of them: as Linear and GitHub count, from urgent to low. */
export const DEFAULT_PRIORITIES: Priorities = {
	...{ urgent: 1, critical: 1, blocker: 1, highest: 1, p0: 1 },
	...{ high: 2, major: 2, p1: 2 },
	...{ medium: 3, normal: 3, moderate: 3, p2: 3 },
	...{ low: 4, minor: 4, p3: 4 },
	...{ lowest: 5, trivial: 5, p4: 5 },
	...{ none: 0, nopriority: 0 },
};
