import { cp } from "node:fs/promises";
import { join } from "node:path";
import { editAndPass } from "./scripts.ts";
import { createWorld } from "./world.ts";

// Makes what Codex makes in a home that is new, for the homes of all tests: half a megabyte of skills, and databases that
// go through all their versions. Every turn in a new home would take a third longer for it.
const [folder = ""] = process.argv.slice(2);
await using world = await createWorld([{ id: "A-1", script: editAndPass }]);
const { exitCode, stderr } = await world.run(["dev", "A-1"]);
if (exitCode !== 0) throw new Error(stderr);
for (const name of ["orchfile-sqlite", "skills"]) {
	await cp(join(world.codexHome, name), join(folder, name), { recursive: true });
}
