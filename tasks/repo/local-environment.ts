import { absolutePath } from "../system/find-program.ts";

/** Variables that name another repository than the one a command is started in (`git rev-parse --local-env-vars`). */
const OTHER_REPOSITORY = new Set([
	"GIT_ALTERNATE_OBJECT_DIRECTORIES",
	"GIT_COMMON_DIR",
	"GIT_CONFIG",
	"GIT_CONFIG_COUNT",
	"GIT_CONFIG_PARAMETERS",
	"GIT_DIR",
	"GIT_GRAFT_FILE",
	"GIT_IMPLICIT_WORK_TREE",
	"GIT_INDEX_FILE",
	"GIT_INTERNAL_SUPER_PREFIX",
	"GIT_NAMESPACE",
	"GIT_NO_REPLACE_OBJECTS",
	"GIT_OBJECT_DIRECTORY",
	"GIT_PREFIX",
	"GIT_REPLACE_REF_BASE",
	"GIT_SHALLOW_FILE",
	"GIT_WORK_TREE",
]);

/** Variables in which npx tells of the checkout that this program was started in; it is not where the command runs. */
const OTHER_PACKAGE = /^(?:npm_(?:lifecycle|package)_\w+|npm_command|npm_config_local_prefix|INIT_CWD)$/;

/**
 * The user's own environment for a command in a worktree: all of it but what speaks of another checkout, and the relative
 * entries of `PATH`.
 */
export function localEnvironment(from: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
	const own = Object.entries(from).filter(([name]) => !OTHER_REPOSITORY.has(name) && !OTHER_PACKAGE.test(name));
	return { ...Object.fromEntries(own), PATH: absolutePath(from.PATH ?? "") };
}
