import { type ChildProcess, fork } from "node:child_process";
import type { Socket } from "node:net";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { CODE_ROOT } from "../../system/package-root.ts";
import { endGroup } from "../../system/process-group.ts";
import type { ChildEnd, ChildTurn } from "./child-protocol.ts";

/** The program of a turn's process: a file of its own, wherever this one is, among the sources or bundled. */
const CHILD = join(CODE_ROOT, "runner/codex/codex-child.mjs");
/** Milliseconds between asking the agent's processes to end and killing them. */
const GRACE = 3_000;

/** A process for one turn, the leader of a process group: it, and all that the agent starts, can be ended together. */
export class TurnProcess {
	readonly environment: Readonly<Record<string, string>>;
	/** Settled once it has ended; never rejected. */
	readonly exited: Promise<unknown>;
	readonly #child: ChildProcess;
	#said: ChildEnd | undefined;
	#ending: Promise<void> | undefined;

	constructor(environment: Readonly<Record<string, string>>) {
		this.environment = environment;
		this.#child = start(environment);
		this.exited = new Promise((resolve) => {
			// Errors show as an early exit; without a listener they would end this process.
			this.#child.on("exit", resolve).on("error", resolve);
		});
		this.#child.on("message", (message) => {
			this.#said = message as ChildEnd;
			// It has said all, and to wait until Node has put everything away takes longer than to look what else is left.
			this.kill();
		});
	}

	/** Nothing where it could not be started. */
	get pid(): number | undefined {
		return this.#child.pid;
	}

	/** False once it has ended, or could not be started. */
	get isReady(): boolean {
		return this.#child.connected;
	}

	/** What it told at its end; nothing where it was ended before. */
	get said(): ChildEnd | undefined {
		return this.#said;
	}

	get output(): Readable | null {
		return this.#child.stdout;
	}

	get errorOutput(): Readable | null {
		return this.#child.stderr;
	}

	/** Whether it keeps this process from ending. When this one ends, it ends by itself. */
	holdOpen(hold: boolean): void {
		const method = hold ? "ref" : "unref";
		this.#child[method]();
		this.#child.channel?.[method]();
		for (const stream of [this.output, this.errorOutput]) (stream as Socket | null)?.[method]();
	}

	/** Gives it the turn that it is to run. */
	begin(turn: ChildTurn): void {
		if (this.isReady) this.#child.send(turn, () => {});
	}

	/** Ends its whole group, and returns when nothing of that is left. */
	async end(): Promise<void> {
		if (this.#child.pid !== undefined) this.#ending ??= endGroup(this.#child.pid, GRACE);
		await this.#ending;
	}

	/** Ends it alone, at once. */
	kill(): void {
		this.#child.kill("SIGKILL");
	}
}

function start(environment: Readonly<Record<string, string>>): ChildProcess {
	// For Codex, which gets it with its turn; a Node before 22 reads all certificates as it starts, which is half of its start.
	const { NODE_EXTRA_CA_CERTS: _, ...env } = environment;
	return fork(CHILD, {
		detached: true,
		// A folder that stays: Node never gets going when its working directory vanishes meanwhile.
		cwd: dirname(CHILD),
		env,
		// It needs no tsx, which would be the most of its start.
		execArgv: [],
		stdio: ["ignore", "pipe", "pipe", "ipc"],
	});
}
