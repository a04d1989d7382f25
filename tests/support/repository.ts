import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const execFileAsync = promisify(execFile);

/** A real git repository in a folder of its own, with a configuration of its own. Disposed with everything around it. */
export interface TestRepository {
	/** The folder around it: worktrees, `CODEX_HOME` and the user's home lie here too. */
	readonly folder: string;
	readonly path: string;
	/** A home with an identity for commits and nothing else. */
	readonly home: string;
	/** Runs git in the repository, or in `cwd`, and returns its standard output, trimmed. */
	git(args: readonly string[], cwd?: string): Promise<string>;
	write(file: string, content: string | Uint8Array): Promise<void>;
	read(file: string): Promise<string>;
	/** Writes an issue document and returns its path; front matter beyond id, title, project and milestone is optional. */
	writeIssue(issue: IssueFields): Promise<string>;
	commit(message?: string): Promise<void>;
	[Symbol.asyncDispose](): Promise<void>;
}

/** Front matter of an issue, and its text. */
export interface IssueFields {
	readonly id: string;
	readonly title?: string;
	readonly project?: string;
	readonly milestone?: string | null;
	readonly body?: string;
	readonly [key: string]: unknown;
}

/** Creates a repository on branch `main`, with these issues committed. */
export async function createRepository(
	issues: readonly IssueFields[] = [],
	{ name = "repo" }: { readonly name?: string } = {},
): Promise<TestRepository> {
	const folder = await realpath(await mkdtemp(join(tmpdir(), "orchfile-test-")));
	const path = join(folder, name);
	const home = join(folder, "home");
	await mkdir(home);
	await writeFile(join(home, ".gitconfig"), "[user]\n\tname = Test\n\temail = test@example.com\n");
	await mkdir(path);
	const env = { PATH: process.env.PATH, HOME: home, LC_ALL: "C" };
	const git = async (args: readonly string[], cwd = path) =>
		(await execFileAsync("git", args, { cwd, env, maxBuffer: 1 << 26 })).stdout.trimEnd();
	await git(["init", "-q", "-b", "main"]);
	const repository: TestRepository = {
		folder,
		path,
		home,
		git,
		async write(file, content) {
			await mkdir(dirname(join(path, file)), { recursive: true });
			await writeFile(join(path, file), content);
		},
		read: (file) => readFile(join(path, file), "utf8"),
		async writeIssue({ body = "Do it.", ...fields }) {
			const matter = { title: `Title of ${fields.id}`, project: "p", milestone: "M1", ...fields };
			const file = `docs/projects/${matter.project}/issues/${fields.id}.md`;
			const lines = Object.entries(matter).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
			await repository.write(file, `---\n${lines.join("\n")}\n---\n\n${body}\n`);
			return file;
		},
		async commit(message = "change") {
			await git(["add", "-A"]);
			await git(["commit", "-q", "-m", message]);
		},
		// Codex may still be closing its databases after it was stopped.
		[Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true, maxRetries: 10 }),
	};
	for (const issue of issues) await repository.writeIssue(issue);
	await repository.write("README.md", "# Test\n");
	await repository.commit("start");
	return repository;
}
