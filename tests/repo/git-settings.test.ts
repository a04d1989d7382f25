import { appendFile, chmod, mkdir, readFile, rename, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import fc from "fast-check";
import { afterEach, expect, test, vi } from "vitest";
import { commitAll, filesOf, findOwnCommit, measureDelta } from "../../tasks/repo/commit.ts";
import { findLocalChanges, findUncommitted } from "../../tasks/repo/documents.ts";
import { mergeMissing } from "../../tasks/repo/missing.ts";
import { saveChanges } from "../../tasks/repo/patch.ts";
import { resolveBase } from "../../tasks/repo/repository.ts";
import { addWorktree } from "../../tasks/repo/worktree/add.ts";
import { readWorktree } from "../../tasks/repo/worktree/contents.ts";
import { removeWorktree } from "../../tasks/repo/worktree/remove.ts";
import { createRepository, type TestRepository } from "../support/repository.ts";
import { editAndPass, runAndPass } from "../support/scripts.ts";
import { createWorld } from "../support/world.ts";

const never = new AbortController().signal;
const DOCUMENT = "docs/projects/p/issues/A-1.md";

/** Settings that a person may have, each of which changes what git prints or does where nobody says otherwise. */
const SETTINGS = [
	"add.ignoreErrors=true",
	"branch.autoSetupMerge=always",
	"branch.autoSetupMerge=inherit",
	"branch.sort=-committerdate",
	"checkout.defaultRemote=origin",
	"checkout.guess=true",
	"color.diff=always",
	"color.status=always",
	"color.ui=always",
	"column.ui=always",
	"commit.cleanup=scissors",
	"commit.template=/nonexistent",
	"commit.verbose=true",
	"core.abbrev=4",
	"core.autocrlf=true",
	"core.bigFileThreshold=1",
	"core.checkStat=minimal",
	"core.commentChar=O",
	"core.commentChar=auto",
	"core.editor=false",
	"core.eol=crlf",
	"core.filesRefLockTimeout=0",
	"core.fsmonitor=true",
	"core.hooksPath=hooks-of-mine",
	"core.fileMode=false",
	"core.ignoreCase=true",
	"core.ignoreStat=true",
	"core.logAllRefUpdates=false",
	"core.pager=false",
	"core.preferSymlinkRefs=true",
	"core.quotePath=true",
	"core.safecrlf=true",
	"core.splitIndex=true",
	"core.symlinks=false",
	"core.trustctime=false",
	"core.untrackedCache=true",
	"core.warnAmbiguousRefs=false",
	"core.whitespace=cr-at-eol,tab-in-indent",
	"diff.algorithm=patience",
	"diff.autoRefreshIndex=false",
	"diff.colorMoved=zebra",
	"diff.context=0",
	"diff.external=/nonexistent",
	"diff.ignoreSubmodules=all",
	"diff.indentHeuristic=false",
	"diff.interHunkContext=20",
	"diff.mnemonicPrefix=true",
	"diff.noprefix=true",
	"diff.orderFile=/nonexistent",
	"diff.relative=true",
	"diff.renameLimit=1",
	"diff.renames=copies",
	"diff.renames=false",
	"diff.statGraphWidth=3",
	"diff.submodule=log",
	"diff.suppressBlankEmpty=true",
	"diff.wordRegex=.",
	"diff.wsErrorHighlight=all",
	"feature.experimental=true",
	"feature.manyFiles=true",
	"format.pretty=oneline",
	"i18n.commitEncoding=ISO-8859-1",
	"i18n.logOutputEncoding=ISO-8859-1",
	"index.sparse=true",
	"index.version=4",
	"init.defaultBranch=trunk",
	"init.templateDir=/nonexistent",
	"log.abbrevCommit=true",
	"log.date=relative",
	"log.decorate=full",
	"log.diffMerges=on",
	"log.follow=true",
	"log.mailmap=true",
	"log.showRoot=false",
	"log.showSignature=true",
	"merge.conflictStyle=diff3",
	"merge.directoryRenames=false",
	"merge.directoryRenames=true",
	"merge.ff=only",
	"merge.log=true",
	"merge.renameLimit=1",
	"merge.renames=false",
	"merge.renormalize=true",
	"merge.verbosity=5",
	"pager.log=true",
	"push.default=nothing",
	"rerere.autoUpdate=true",
	"rerere.enabled=true",
	"sparse.expectFilesOutsideOfPatterns=true",
	"status.aheadBehind=false",
	"status.branch=true",
	"status.displayCommentPrefix=true",
	"status.relativePaths=false",
	"status.renames=copies",
	"status.renames=false",
	"status.short=true",
	"status.showStash=true",
	"status.showUntrackedFiles=all",
	"status.showUntrackedFiles=no",
	"status.submoduleSummary=true",
	"submodule.propagateBranches=true",
	"submodule.recurse=true",
	"tag.gpgSign=true",
	"tag.sort=-creatordate",
	"trace2.normalTarget=2",
	"trailer.separators==",
	"transfer.fsckObjects=true",
	"user.useConfigOnly=true",
	"worktree.guessRemote=true",
];

/** Variables by which git would read or write something else, or print it otherwise. */
const VARIABLES: Readonly<Record<string, string>> = {
	EDITOR: "false",
	GIT_ADVICE: "1",
	GIT_ALTERNATE_OBJECT_DIRECTORIES: "/nonexistent",
	GIT_AUTHOR_DATE: "2001-01-01T00:00:00Z",
	GIT_CEILING_DIRECTORIES: "/",
	GIT_COMMON_DIR: "/nonexistent",
	GIT_CONFIG: "/nonexistent",
	GIT_DEFAULT_HASH: "sha256",
	GIT_DIFF_OPTS: "--unified=0",
	GIT_DIR: "/nonexistent",
	GIT_EXTERNAL_DIFF: "false",
	GIT_GLOB_PATHSPECS: "1",
	GIT_ICASE_PATHSPECS: "1",
	GIT_INDEX_FILE: "/nonexistent/index",
	GIT_INDEX_VERSION: "4",
	GIT_LITERAL_PATHSPECS: "1",
	GIT_NAMESPACE: "elsewhere",
	GIT_NO_LAZY_FETCH: "1",
	GIT_NO_REPLACE_OBJECTS: "1",
	GIT_OBJECT_DIRECTORY: "/nonexistent",
	GIT_OPTIONAL_LOCKS: "1",
	GIT_PAGER: "false",
	GIT_PREFIX: "docs/",
	GIT_TRACE: "1",
	GIT_TRACE2: "1",
	GIT_TRACE_SETUP: "2",
	GIT_WORK_TREE: "/",
	LANG: "de_DE.UTF-8",
	LANGUAGE: "de",
	LC_ALL: "de_DE.UTF-8",
	PAGER: "false",
	VISUAL: "false",
};

const lines = (...all: readonly string[]) => all.map((line) => `${line}\n`).join("");
const LONG = lines(...Array.from({ length: 60 }, (_, at) => `line ${at}`));
/** Of these two, git's ways to compare make different counts. */
const BEFORE = lines("f()", "{", "  a", "}", "", "g()", "{", "  b", "}", "", "h()", "{", "  c", "}");
const AFTER = lines("g()", "{", "  b2", "}", "", "f()", "{", "  a", "  d", "}", "", "h()", "{", "  c2", "}");

afterEach(() => vi.unstubAllEnvs());

/** Settings that are tried in one go; those of a section, which could hide each other, are kept apart. */
const AT_ONCE = 10;

let usually: ReturnType<typeof life> | undefined;
/** What becomes of the issues for a person without settings. */
const usualLife = () => (usually ??= life());

test("each setting of the user's leaves what is read and done as it is", async () => {
	const usual = await usualLife();
	expect(usual).toMatchObject({
		uncommitted: [],
		local: ["untracked.txt"],
		worked: [{ isOwn: true, refusal: "worktree-not-removed" }, {}, {}],
		merged: expect.stringMatching(/^[0-9a-f]{40}$/),
		conflict: ["new/more.txt"],
	});
	const groups = Math.ceil(SETTINGS.length / AT_ONCE);
	for (let group = 0; group < groups; group++) {
		const together = SETTINGS.filter((_, at) => at % groups === group);
		try {
			expect(await life({ settings: together })).toEqual(usual);
		} catch (error) {
			// Which of them it was.
			for (const setting of together) expect(await life({ settings: [setting] }), setting).toEqual(usual);
			throw error;
		}
	}
});

test("any of them together, and variables, do so too", async () => {
	const usual = await usualLife();
	const settings = fc.subarray(SETTINGS);
	const variables = fc.subarray(Object.entries(VARIABLES));
	await fc.assert(
		fc.asyncProperty(settings, variables, async (some, set) => {
			expect(await life({ settings: some, variables: Object.fromEntries(set) })).toEqual(usual);
		}),
		{ numRuns: 5 },
	);
	expect(await life({ settings: SETTINGS, variables: VARIABLES })).toEqual(usual);
});

test.each(["core.checkStat=minimal", "core.trustctime=false"])(
	"%s: a file that is written over with the times of what stood there is work",
	async (setting) => {
		await using repository = await createRepository([{ id: "A-1" }]);
		await set(repository, [setting]);
		vi.stubEnv("HOME", repository.home);
		const base = { name: "main", commit: await repository.git(["rev-parse", "main"]) };
		const issue = issueOf(repository, base, "A-1");
		const worktree = await addWorktree(issue, undefined, base.commit, never);
		const file = join(worktree.path, "README.md");
		const { atime, mtime } = await stat(file);
		// git looks at times alone where its index is younger than a file, and counts them in seconds.
		await utimes(join(worktree.gitDir, "index"), atime, new Date(mtime.getTime() + 10_000));
		await delay(1_100);
		await writeFile(file, "# Tset\n");
		await utimes(file, atime, mtime);
		expect(await readWorktree(issue, worktree, [base.commit], never)).toMatchObject({ changed: ["README.md"] });
	},
);

test("commits that are signed, and shown with their signatures, are told of alike", async () => {
	await using tools = await createRepository();
	const gpg = await fakeGpg(tools);
	const signing = ["commit.gpgSign=true", `gpg.program=${gpg}`];
	const usual = await life({ settings: signing });
	expect(usual.worked[0]?.raw.join("\n")).toContain("BEGIN PGP SIGNATURE");
	expect(await life({ settings: [...signing, "log.showSignature=true"] })).toEqual(usual);
});

test("a run with all of them, and with variables, leaves the same record, the same commit and the same words", async () => {
	const runOf = async (given: Given) => {
		await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
		const { repository } = world;
		await set(repository, given.settings ?? []);
		const env = { GIT_AUTHOR_NAME: "Test", ...given.variables };
		const runs = [];
		for (const args of [["dev", "M1"], ["status"], ["why", "A-1"], ["clean"]])
			runs.push(await world.run(args, { env }));
		const record = await world.log<{ saved: { head: string } }>("M1/A-1/dev-run.json");
		const plain = (text: string) =>
			text
				.replaceAll(repository.folder, "")
				.replaceAll(/\b[0-9a-f]{10,40}\b/g, "HASH")
				.replaceAll(/\b\d\d:\d\d:\d\d\b/g, "NOW")
				.replaceAll(/\b\d[\d.]*\s?(?:ms|s|min|h|GB|MB|K|M|G)\b/g, "MUCH")
				// What is wider makes its column wider.
				.replaceAll(/ +/g, " ");
		return {
			said: runs.map(({ exitCode, stdout, stderr }) => ({ exitCode, stdout: plain(stdout), stderr: plain(stderr) })),
			saved: { ...record.saved, at: "", head: "", commit: "" },
			tree: await repository.git(["rev-parse", `${record.saved.head}^{tree}`]),
			message: plain(await repository.git(["cat-file", "commit", record.saved.head])).replace(/^[\s\S]*?\n\n/, ""),
		};
	};
	const usual = await runOf({});
	expect(usual.said[0]?.exitCode, usual.said[0]?.stderr).toBe(0);
	const found = await runOf({ settings: SETTINGS, variables: VARIABLES });
	const withoutThread = (run: typeof usual) => ({ ...run, message: run.message.replace(/^Orch-Thread: .*$/m, "") });
	expect(withoutThread(found)).toEqual(withoutThread(usual));
});

const DOS = "one\\r\\ntwo\\r\\n";
const UNIX = "one\\ntwo\\n";

test.each([
	["input", "true"],
	["input", "warn"],
	["true", "true"],
	["true", "warn"],
])(
	"core.autocrlf=%s with core.safecrlf=%s: work is committed with the line ends of the user's own commits",
	async (autocrlf, safecrlf) => {
		const script = runAndPass(
			`printf '${DOS}' > dos.txt; printf '${UNIX}' > unix.txt; printf '${DOS}${UNIX}' > both.txt`,
		);
		await using world = await createWorld([{ id: "A-1", script }]);
		await set(world.repository, [`core.autocrlf=${autocrlf}`, `core.safecrlf=${safecrlf}`]);
		const { exitCode, stderr } = await world.run(["dev", "A-1"]);
		expect(exitCode, stderr).toBe(0);
		for (const file of ["dos.txt", "unix.txt"])
			expect(await world.repository.git(["cat-file", "blob", `issue/A-1:${file}`])).toBe("one\ntwo");
		expect(await world.repository.git(["worktree", "list"])).not.toContain("\n");
	},
);

interface Given {
	/** `section.key=value`, for the user's own configuration. */
	readonly settings?: readonly string[];
	readonly variables?: Readonly<Record<string, string>>;
}

/** What becomes of two issues and what needs both: all that is told of it, and all that is in git. */
async function life({ settings = [], variables = {} }: Given = {}) {
	await using repository = await createRepository([{ id: "A-1" }]);
	const { path: root, git } = repository;
	const files = {
		"code.c": BEFORE,
		"old/long.txt": LONG,
		"dos.txt": "one\r\n",
		"run.sh": "#!/bin/sh\n",
		"gone.txt": "gone\n",
	};
	for (const [file, content] of Object.entries(files)) await repository.write(file, content);
	await repository.commit();
	await repository.write("untracked.txt", "mine\n");
	// As a backup that was played back, or an editor that has saved what there was.
	await utimes(join(root, DOCUMENT), 1_000_000, 1_000_000);
	await set(repository, settings);
	vi.stubEnv("HOME", repository.home);
	for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);

	const paths = { root, commonDir: join(root, ".git") };
	const base = await resolveBase(paths, undefined);
	const uncommitted = await findUncommitted(paths, base, ["docs"], [DOCUMENT]);
	const local = await findLocalChanges(paths);
	const issues = ["A-1", "A-2", "A-3"].map((id) => issueOf(repository, base, id));
	const worked = [];
	for (const [at, issue] of issues.entries()) {
		const worktree = await addWorktree(issue, undefined, base.commit, never);
		await WORK[at]?.(worktree);
		const { changed } = await readWorktree(issue, worktree, [base.commit], never);
		const patch = join(repository.folder, `${issue.id}.patch`);
		await saveChanges(paths, worktree, patch, never);
		const made = await commitAll(issue, worktree, MESSAGES[at] ?? "work\n", never);
		const { head, ...delta } = await measureDelta(issue, [base.commit], never);
		const isOwn = (await findOwnCommit(issue as never, "t-1")) === head;
		await writeFile(join(worktree.path, "late.txt"), "late\n");
		const refusal = await removeWorktree(issue, never).then(
			() => "removed",
			(error) => error.problems[0].kind,
		);
		await rm(join(worktree.path, "late.txt"), { force: true });
		if (refusal !== "removed") await removeWorktree(issue, never);
		const raw = (await git(["cat-file", "commit", issue.branch])).split("\n");
		worked.push({
			...{ changed, patch: await readFile(patch, "latin1"), made, delta, isOwn, refusal },
			raw: raw.filter((line) => !/^(?:parent|author|committer) /.test(line)),
			files: await filesOf(paths, head, never),
		});
	}
	const [third, ...tips] = await Promise.all(
		["A-3", "A-1", "A-2"].map(async (id) => ({ name: id, commit: await git(["rev-parse", `issue/${id}`]) })),
	);
	const merged = await mergeMissing(issueOf(repository, base, "B-1"), base.commit, tips, never);
	const head = merged.kind === "merged" ? merged.head : base.commit;
	const last = third && (await mergeMissing(issueOf(repository, base, "B-2"), head, [third], never));
	return {
		...{ uncommitted, local, worked },
		merged: merged.kind === "merged" ? await git(["rev-parse", `${head}^{tree}`]) : merged.files,
		conflict: last?.kind === "conflict" ? last.files : last?.kind,
	};
}

/** Messages as they are to be in git, to the last byte. */
const MESSAGES = [
	"A-1: Größe\n\nOrch-Issue: A-1\nOrch-Thread: t-1\n",
	"A-2\n\n# ------------------------ >8 ------------------------\n\nO no comment\n",
];

const WORK: readonly ((worktree: { readonly path: string }) => Promise<void>)[] = [
	async ({ path }) => {
		const at = (file: string) => join(path, file);
		await mkdir(at("new"));
		await rename(at("old/long.txt"), at("new/long.txt"));
		await writeFile(at("code.c"), AFTER);
		await writeFile(at("grün.txt"), "grün  \n\n\n");
		await writeFile(at("spaces at the end.txt"), "text \t\n");
		await writeFile(at("bytes.bin"), Buffer.from([0, 255, 13, 10]));
		await symlink("code.c", at("link"));
		await chmod(at("run.sh"), 0o755);
		await rm(at("gone.txt"));
		await writeFile(at("CODE.C"), "another\n");
	},
	async ({ path }) => {
		await writeFile(join(path, "old/long.txt"), LONG.replace("line 30", "line thirty"));
		await writeFile(join(path, "README.md"), "# Tost\n");
	},
	// In a folder that another issue has given another name.
	async ({ path }) => writeFile(join(path, "old/more.txt"), "more\n"),
];

function issueOf({ path: root }: TestRepository, base: { readonly name: string; readonly commit: string }, id: string) {
	return {
		id,
		repository: { root, commonDir: join(root, ".git") },
		base,
		branch: `issue/${id}`,
		worktreePath: join(`${root}.worktrees`, id),
	};
}

/** Writes settings, `section.key=value` each, into the user's own configuration. A later one of a key holds. */
async function set({ home }: TestRepository, settings: readonly string[]): Promise<void> {
	const lines = settings.map((setting) => {
		const [, section, key, value] = /^(\w+)\.(\w+)=(.*)$/.exec(setting) ?? [];
		return `[${section}]\n\t${key} = "${value}"\n`;
	});
	await appendFile(join(home, ".gitconfig"), lines.join(""));
}

/** A program that signs and verifies as gpg does, with a signature that is none. */
async function fakeGpg(repository: TestRepository): Promise<string> {
	await repository.write(
		"gpg",
		`#!/bin/sh
case "$*" in *--verify*) echo "gpg: Good signature" >&2; echo "[GNUPG:] GOODSIG 1 A"; exit 0;; esac
cat > /dev/null
printf '\\n[GNUPG:] SIG_CREATED D\\n' >&2
printf -- '-----BEGIN PGP SIGNATURE-----\\n\\nx\\n-----END PGP SIGNATURE-----\\n'
`,
	);
	const program = join(repository.path, "gpg");
	await chmod(program, 0o755);
	return program;
}
