// Apart from other words: every start of an orchfile loads them, to have them when it ends.

/** What is said of an orchfile that is through and has not called `main`. */
export function idleWords(path: string): { readonly what: string; readonly remedy: string } {
	return {
		what: `${path} does nothing: it does not call main with its own address.`,
		remedy: "Let it end with: await main(graph, import.meta.url);",
	};
}
