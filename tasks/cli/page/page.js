// What a page can do beyond HTML: copy a command, open all files of a diff at once. Without it, nothing is missing but these.

(() => {
	const button = (words, act) => {
		const made = document.createElement("button");
		made.type = "button";
		made.textContent = words;
		made.addEventListener("click", () => act(made));
		return made;
	};
	const copy = async (code, made) => {
		const words = made.textContent;
		try {
			await navigator.clipboard.writeText(code.textContent);
		} catch {
			// Some browsers allow it to nothing that was opened from a file; what is selected can be copied by hand all the same.
			getSelection().selectAllChildren(code);
			document.execCommand("copy");
		}
		made.textContent = "Copied";
		setTimeout(() => {
			made.textContent = words;
		}, 1500);
	};
	const openAll = (diff, made) => {
		const files = [...diff.querySelectorAll("details")];
		const isOpen = files.every((file) => file.open);
		for (const file of files) file.open = !isOpen;
		made.setAttribute("aria-expanded", String(!isOpen));
		made.textContent = isOpen ? "Open all files" : "Close all files";
	};
	/** Adds the buttons to a part of the page. */
	window.addButtons = (part) => {
		for (const code of part.querySelectorAll("[data-copy]")) {
			const made = button("Copy", () => copy(code, made));
			made.setAttribute("aria-label", `Copy ${code.textContent}`);
			code.after(made);
		}
		for (const diff of part.querySelectorAll(".diff")) {
			if (diff.querySelectorAll("details").length < 2) continue;
			const made = button("Open all files", () => openAll(diff, made));
			made.setAttribute("aria-expanded", "false");
			diff.querySelector("h3").append(made);
		}
	};
	window.addButtons(document);
})();
