import { homedir } from "node:os";

/** The user's home; the root where nobody says one, as of a user that a container has no name for: what starts containers says that, too. */
export function homeFolder(env: NodeJS.ProcessEnv = process.env): string {
	try {
		return env.HOME || homedir() || "/";
	} catch {
		return "/";
	}
}
