// Starts git as often as it is told, one after the other, from a Node that has this much memory, and prints the milliseconds.
import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);
const [times = 0, megabytes = 0] = process.argv.slice(2).map(Number);
const held = Array.from({ length: megabytes }, () => Buffer.alloc(1_000_000, 1));
const from = performance.now();
for (let at = 0; at < times; at++) await run("git", ["version"]);
const took = performance.now() - from;
if (held.length !== megabytes) throw new Error("the memory is gone");
process.stdout.write(String(took));
