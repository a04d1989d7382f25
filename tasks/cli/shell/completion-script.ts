import { script } from "@bomb.sh/tab";
import { nearest } from "../../contract/names.ts";
import { Failure } from "../../contract/problem.ts";
import { shellWord } from "../words/format.ts";
import type { Say } from "../words/say.ts";
import { SHELLS } from "./completion.ts";

/** The name that the package gives the program. */
const NAME = "orchfile";

/**
 * The script that teaches a shell to complete, with a line that says how to load it.
 * @param own the orchfile's file name, for those who run it by its path.
 * @throws Failure for a shell that there is no script for.
 */
export function completionScript(shell: string | undefined, own: string, say: Say): string {
	const commands = [...new Set([NAME, own])].map(shellWord).join(" ");
	const load = say(`completion ${shell}`);
	switch (shell) {
		case "bash":
			return `${introduction(load, `eval "$(${load})"`, "~/.orchfile.bash", "~/.bashrc")}
# For an alias: complete -F _orchfile orch
${BASH}complete -F _orchfile ${commands}
`;
		case "zsh":
			return `#compdef ${commands}
${introduction(load, `eval "$(${load})"`, "~/.orchfile.zsh", "~/.zshrc")}
# An alias is completed as what it stands for.
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit; }
${forZsh()}compdef _orchfile ${commands}
`;
		case "fish":
			return `${introduction(load, `${load} | source`, "~/.orchfile.fish", "~/.config/fish/config.fish")}
# An alias is completed as what it stands for.
${forFish(own)}`;
		default:
			throw new Failure({
				kind: "usage",
				message: `${shell === undefined ? "completion takes a shell" : `there is no completion for "${shell}"`}: ${SHELLS.join(", ")}`,
				nearest: shell === undefined ? [] : nearest(shell, SHELLS),
			});
	}
}

function introduction(script: string, now: string, file: string, start: string): string {
	return `# Completion for orchfile. To load it into this shell: ${now}
# Into every shell: ${script} >${file}
# and add to ${start}: source ${file}
# It completes ${NAME} and the orchfile called by its path (./orchfile.ts). What is called through npx it can't complete:
# give that an alias, such as: alias orch='npx tsx orchfile.ts'`;
}

/** The library's escapes no colon, so that zsh takes what follows one for the description. */
function forZsh(): string {
	return fromLibrary("zsh", `\${words[1]}`).replace("{comp//:/\\:}", "{comp//:/\\\\:}");
}

/** The library's, which knows one name, said again for the other. */
function forFish(own: string): string {
	const text = fromLibrary("fish", "$args[1]");
	if (own === NAME) return text;
	const again = text.split("\n").filter((line) => /^complete (?:-k )?-c /.test(line));
	return `${text}\n${again.map((line) => line.replace(`-c ${NAME}`, () => `-c ${shellWord(own)}`)).join("\n")}\n`;
}

/** The library prints its scripts, and knows of no way to get at them. */
function fromLibrary(shell: (typeof SHELLS)[number], program: string): string {
	const { log } = console;
	let text = "";
	console.log = (line: string) => {
		text += `${line}\n`;
	};
	try {
		script(shell, NAME, program);
	} finally {
		console.log = log;
	}
	return text;
}

/**
 * The library's script for bash needs another package (bash-completion), completes nothing that holds a colon, and
 * evaluates what was typed, command substitutions included. So this one is ours; it works in bash 3.2.
 */
const BASH = `_orchfile() {
	local rest=\${COMP_LINE:0:COMP_POINT} before word i last current line value directive=4
	local -a words program
	words=()
	# bash parts words at : and = too; what no blank stands between is one.
	for ((i = 0; i < COMP_CWORD; i++)); do
		word=\${COMP_WORDS[i]}
		before=\${rest%%"$word"*}
		rest=\${rest:\${#before}+\${#word}}
		last=$((\${#words[@]} - 1))
		if ((i > 1)) && [[ -z $before ]]; then words[last]+=$word; else words+=("$word"); fi
	done
	last=$((\${#words[@]} - 1))
	if ((last > 0)) && [[ $rest != [[:space:]]* ]]; then
		words[last]+=$rest
	else
		words+=("\${rest#"\${rest%%[![:space:]]*}"}")
		last=$((last + 1))
	fi
	current=\${words[last]}
	program=("\${words[0]/#\\~\\//$HOME/}")
	if value=$(alias "\${words[0]}" 2>/dev/null); then eval "program=(\${value#*=})" && eval "program=(\${program[0]})"; fi
	COMPREPLY=()
	while IFS= read -r line; do
		value=\${line%%$'\\t'*}
		if [[ $value == :* ]]; then directive=\${value#:} && continue; fi
		# readline replaces what stands behind the last of its own breaks.
		if [[ $COMP_WORDBREAKS == *:* ]]; then value=\${value#"\${current%"\${current##*:}"}"}; fi
		if [[ $COMP_WORDBREAKS != *=* && $current == -*=* ]]; then value=\${current%%=*}=$value; fi
		COMPREPLY+=("$value")
	done < <("\${program[@]}" complete -- "\${words[@]:1}" 2>/dev/null)
	if ((directive == 0 || directive == 16)); then
		compopt -o filenames 2>/dev/null
		while IFS= read -r value; do COMPREPLY+=("$value"); done < <(
			if ((directive == 16)); then compgen -d -- "\${current#-*=}"; else compgen -f -- "\${current#-*=}"; fi
		)
	fi
}
`;
