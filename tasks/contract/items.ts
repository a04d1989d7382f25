/** Which parts of documents are issues of their own. */
export interface ItemSettings {
	/** The documents: a path with `*`, `?` and `**`, and perhaps with `{project}` and `{milestone}`. */
	readonly files: string;
	/** What each issue begins with, `- [ ] {id} {title}` or a heading such as `### Task {id}: {title}`. */
	readonly item?: string;
	/** What those have in their titles that need not wait for each other: `[P]`. */
	readonly beside?: string;
}

/** What each issue begins with where nothing is said of it. */
export const USUAL_ITEM = "- [ ] {id} {title}";

/** @throws TypeError for settings that can't be used. */
export function verifyItemSettings({ files, item = USUAL_ITEM, beside, ...others }: ItemSettings): void {
	const [unknown] = Object.keys(others);
	if (unknown !== undefined) refuse(unknown, others[unknown as never], "files, item and beside, and nothing else");
	const isPath =
		typeof files === "string" && /^[^*?{/][^*?{/]*\/.*\.md$/.test(files) && !/(?:^|\/)\.{0,2}\//.test(files);
	if (!isPath) refuse("files", files, "a path that starts with the name of a folder and ends in .md");
	const placeholders = files.match(/\{[^}]*\}?/g) ?? [];
	if (placeholders.some((each) => each !== "{project}" && each !== "{milestone}") || has(placeholders, 2))
		refuse("files", files, "{project} and {milestone} as the only placeholders, each once");
	if (typeof item !== "string" || !/^(?:- \[ \]|#{1,6}) \S/.test(item))
		refuse("item", item, `a line such as \`${USUAL_ITEM}\`, or a heading`);
	const inItem = item.match(/\{[^}]*\}?/g) ?? [];
	if (inItem.sort().join() !== "{id},{title}") refuse("item", item, "{id} and {title}, each once");
	if (/\}[*{]|\*\{/.test(item)) refuse("item", item, "something between {id} and {title}");
	if (beside !== undefined && (typeof beside !== "string" || beside.trim() === ""))
		refuse("beside", beside, "some text");
}

function has(all: readonly string[], times: number): boolean {
	return all.some((each) => all.filter((other) => other === each).length >= times);
}

function refuse(key: string, value: unknown, expected: string): never {
	throw new TypeError(`discoverItems: ${key} is ${JSON.stringify(value) ?? "nothing"}; expected ${expected}`);
}
