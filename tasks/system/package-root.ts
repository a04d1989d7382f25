import { existsSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";

const HERE = dirname(fileURLToPath(import.meta.url));

/** The folder of this program: the nearest one above this file with a `package.json`, also where it has been bundled. */
export const PACKAGE_ROOT = findPackageRoot(HERE);

/** What `npm pack` has built lies here; in a clone there is no such folder. */
const BUILT = join(PACKAGE_ROOT, "dist");

/** The folder of this program's code: the sources, or what was built of them. */
export const CODE_ROOT = `${HERE}${sep}`.startsWith(`${BUILT}${sep}`) ? BUILT : join(PACKAGE_ROOT, "tasks");

function findPackageRoot(folder: string): string {
	if (existsSync(join(folder, "package.json"))) return folder;
	const parent = dirname(folder);
	if (parent === folder) throw new Error("this program is not part of a package");
	return findPackageRoot(parent);
}
