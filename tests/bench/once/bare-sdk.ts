// A turn of a Codex program by the SDK, whose events are read and dropped: what nobody who uses the SDK can go below.
import { readFile } from "node:fs/promises";
import { Codex } from "@openai/codex-sdk";

const [program = "", prompt = "", workingDirectory = ""] = process.argv.slice(2);
const from = performance.now();
const thread = new Codex({ codexPathOverride: program }).startThread({ workingDirectory, skipGitRepoCheck: true });
const { events } = await thread.runStreamed(await readFile(prompt, "utf8"));
let completed = false;
for await (const event of events) completed ||= event.type === "turn.completed";
if (!completed) throw new Error("the turn did not complete");
process.stdout.write(String(performance.now() - from));
