// In a page that is served: follows what it tells of. What has changed takes the place of what was there; the rest stays as it was left.

(() => {
	const say = (words) => {
		document.querySelector("#live").textContent = `, ${words}`;
	};
	/** What is told anew by itself: the first screen and each issue. */
	const parts = (root) => root.querySelectorAll("#top, #overview, #issues > article");
	const sources = new Map([...parts(document)].map((part) => [part.id, part.outerHTML]));
	/** Leaves as a person left it what takes the place of something: what is open, chosen and focused, and how far it was scrolled. */
	const takeOver = (before, after) => {
		const opened = [...before.querySelectorAll("details")].map((each) => each.open);
		[...after.querySelectorAll("details")].forEach((each, at) => {
			each.open = opened[at] ?? false;
		});
		const focused = before.contains(document.activeElement) ? document.activeElement : undefined;
		const [id, href] = [focused?.id, focused?.getAttribute("href")];
		const chosen = before.querySelector(":checked")?.id;
		const scrolled = before.querySelector(".scroll");
		const said = before.querySelector("#live")?.textContent;
		before.replaceWith(after);
		window.addButtons(after);
		if (chosen) after.querySelector(`[id="${chosen}"]`)?.click();
		if (scrolled) after.querySelector(".scroll")?.scrollTo(scrolled.scrollLeft, scrolled.scrollTop);
		if (said) say(said.slice(2));
		if (id || href)
			after.querySelector(id ? `[id="${id}"]` : `[href="${CSS.escape(href)}"]`)?.focus({ preventScroll: true });
	};
	const update = async () => {
		const answer = await fetch(location.pathname);
		if (!answer.ok) return;
		const next = new DOMParser().parseFromString(await answer.text(), "text/html");
		document.title = next.title;
		document.querySelector("link[rel=icon]").href = next.querySelector("link[rel=icon]").href;
		for (const part of parts(next)) {
			if (sources.get(part.id) === part.outerHTML) continue;
			sources.set(part.id, part.outerHTML);
			const before = document.getElementById(part.id);
			const after = document.importNode(part, true);
			if (before) takeOver(before, after);
			else document.querySelector("#issues").append(after);
		}
	};
	let again = Promise.resolve();
	const updateNext = () => {
		again = again.then(update).catch(() => {});
	};
	const changes = new EventSource("changes");
	// What has changed before it was open, or while what serves it was away, is told as well.
	changes.addEventListener("open", () => {
		say("following");
		updateNext();
	});
	changes.addEventListener("message", updateNext);
	changes.addEventListener("error", () => say("not following any more"));
})();
