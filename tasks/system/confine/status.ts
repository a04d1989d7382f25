import { constants, setPriority } from "node:os";
import type { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { livenessOf, startTicksOf, THIS_RUN } from "../this-run.ts";

/** What bubblewrap tells of a command: documents of JSON, a line each. */
export class Status {
	/** The first process in the confinement, with which all others end; by the number that this machine has for it. */
	pid: number | undefined;
	/** Nothing as long as the command runs, and when it was not started. */
	exitCode: number | undefined;
	#ticks: string | undefined;
	readonly #known: Promise<void>;

	constructor(stream: Readable) {
		let before = "";
		this.#known = new Promise((resolve) => {
			stream.setEncoding("utf8").on("data", (chunk: string) => {
				const lines = (before + chunk).split("\n");
				before = lines.pop() ?? "";
				for (const line of lines) this.#take(line);
				if (this.pid !== undefined) resolve();
			});
			stream.on("close", resolve);
		});
	}

	#take(line: string): void {
		const { "child-pid": pid, "exit-code": exitCode } = JSON.parse(line);
		if (exitCode !== undefined) this.exitCode = exitCode;
		if (pid === undefined) return;
		this.pid = pid;
		this.#ticks = startTicksOf(pid);
	}

	/** Ends everything. Not before it is known what: what bubblewrap is just starting does not yet end with it. */
	async kill(child: { kill(signal: NodeJS.Signals): boolean }): Promise<void> {
		await this.#known;
		if (this.#runs()) killFirst(this.pid as number);
		child.kill("SIGKILL");
	}

	/**
	 * Ends what bubblewrap has left behind that was killed: what it was just starting would wait for it for ever, in its process group.
	 */
	async endLeft(group: number): Promise<void> {
		await this.#known;
		if (this.#runs()) killFirst(this.pid as number);
		if (this.pid !== undefined) return;
		try {
			process.kill(-group, "SIGKILL");
		} catch {
			// It had started nothing yet.
		}
	}

	/** Resolves once nothing of it runs any more. */
	async gone(): Promise<void> {
		while (this.#runs()) await delay(2);
	}

	#runs(): boolean {
		const { pid } = this;
		const startTicks = this.#ticks;
		if (pid === undefined || startTicks === undefined) return false;
		return livenessOf({ ...THIS_RUN, pid, startTicks }) === "alive";
	}
}

/** Kills the first process of a confinement, with which all of it ends, once its turn comes: among thousands of others. */
function killFirst(pid: number): void {
	try {
		process.kill(pid, "SIGKILL");
		// For root alone.
		setPriority(pid, constants.priority.PRIORITY_HIGHEST);
	} catch {
		// It has ended, or comes first as it is: see what runs in it.
	}
}
