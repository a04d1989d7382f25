/** A workflow command as the runner of GitHub Actions reads it. */
export interface ReadCommand {
	readonly name: string;
	readonly properties: Readonly<Record<string, string>>;
	readonly data: string;
}

/** A log as the runner reads it: the commands in it, and what is left to be shown. */
export interface ReadLog {
	readonly commands: readonly ReadCommand[];
	/** Lines outside of any group that are not empty, with `▸ title` where a group stands. */
	readonly lines: readonly string[];
	readonly groups: readonly { readonly title: string; readonly lines: readonly string[] }[];
}

/** Every command that a runner knows, also those that it has switched off by now. */
const KNOWN =
	"internal-set-repo-path set-env set-output save-state add-path add-mask add-matcher remove-matcher warning error notice debug group endgroup echo stop-commands";

/**
 * Reads a log by the rules of actions/runner: `::name key=value,…::data` after blanks at the start of a line, else
 * `##[name key=value;…]data` anywhere in it. Properties and data are unescaped, `%` last.
 */
export function readLog(log: string): ReadLog {
	const commands: ReadCommand[] = [];
	const lines: string[] = [];
	const groups: { title: string; lines: string[] }[] = [];
	let open: { title: string; lines: string[] } | undefined;
	for (const line of log.split(/\r\n|\r|\n/)) {
		const command = readCommand(line);
		if (!command) {
			if (line !== "") (open?.lines ?? lines).push(line);
		} else {
			commands.push(command);
			if (command.name === "group") {
				open = { title: command.data, lines: [] };
				groups.push(open);
				lines.push(`▸ ${command.data}`);
			}
			if (command.name === "endgroup") open = undefined;
		}
	}
	return { commands, lines, groups };
}

function readCommand(line: string): ReadCommand | undefined {
	// .NET takes more than JavaScript for a blank.
	const start = line.replace(/^[\p{Z}\p{Cc}]+/u, "");
	const [, words, data = ""] = /^::(.*?)::(.*)$/su.exec(start) ?? /##\[(.*?)\](.*)$/su.exec(line) ?? [];
	const [, name = "", rest = ""] = /^(\S*)(?: (.*))?$/su.exec(words ?? "") ?? [];
	if (!KNOWN.split(" ").includes(name)) return undefined;
	const properties = rest
		.split(start.startsWith("::") ? "," : ";")
		.flatMap((word) => (word.includes("=") ? [[word.split("=")[0]?.trim(), word.slice(word.indexOf("=") + 1)]] : []))
		.map(([key = "", value = ""]) => [key, unescaped(value.replaceAll("%3A", ":").replaceAll("%2C", ","))]);
	return { name, properties: Object.fromEntries(properties), data: unescaped(data) };
}

function unescaped(text: string): string {
	return text.replaceAll("%0D", "\r").replaceAll("%0A", "\n").replaceAll("%25", "%");
}
