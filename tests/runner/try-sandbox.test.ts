import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { shellQuoted } from "../../tasks/rehearsal/answers.ts";
import { bundledBubblewraps, codexBinary } from "../../tasks/runner/codex/package.ts";
import { trySandbox } from "../../tasks/runner/codex/try-sandbox.ts";
import { temporaryFolder } from "../support/documents.ts";

const [bubblewrap] = process.platform === "linux" ? bundledBubblewraps(codexBinary()) : [];

test.skipIf(bubblewrap === undefined)(
	"a bubblewrap in which commands could make namespaces completes nothing, and another is asked",
	async () => {
		await using folder = await temporaryFolder();
		const [codex, unfiltered] = [join(folder.path, "bin/codex"), join(folder.path, "codex-resources/bwrap")];
		const words = [
			'last=; given=(); for arg; do case "$last $arg" in "--seccomp "* | *" --seccomp") ;; *) given+=("$arg") ;; esac; last=$arg; done',
			`[ "$1" = --help ] && exec ${shellQuoted(bubblewrap ?? "")} --help`,
			`exec ${shellQuoted(bubblewrap ?? "")} "\${given[@]}"`,
		];
		const programs = { [codex]: [`exec ${shellQuoted(codexBinary())} "$@"`], [unfiltered]: words };
		for (const [path, lines] of Object.entries(programs)) {
			await mkdir(dirname(path));
			await writeFile(path, `#!/bin/bash\n${lines.join("\n")}\n`, { mode: 0o755 });
		}
		const { CODEX_HOME } = process.env;
		process.env.CODEX_HOME = join(folder.path, "home");
		try {
			await mkdir(process.env.CODEX_HOME);
			const request = { directory: dirname(codex) };
			expect(bundledBubblewraps(codex)).toEqual([unfiltered, bubblewrap]);
			expect(await trySandbox(codex, request, [], new AbortController().signal)).toEqual({ bubblewrap });
		} finally {
			if (CODEX_HOME === undefined) delete process.env.CODEX_HOME;
			else process.env.CODEX_HOME = CODEX_HOME;
		}
	},
);
