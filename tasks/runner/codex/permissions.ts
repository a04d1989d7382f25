/** What the sandbox of an agent's commands lets through. Everything else can be read, and nothing else written. */
export interface Permissions {
	/**
	 * Name of the profile. One that nobody else has: Codex would merge ours into a profile of the user's configuration
	 * with the same name, and what that allows would hold.
	 */
	readonly name: string;
	/** Whether the working directory may only be read. */
	readonly isReadOnly?: boolean;
	/** Folders that may be written beside the working directory; absolute, symlinks resolved. */
	readonly writable: readonly string[];
	/** Files and folders that may not even be read. Without symlinks. */
	readonly denied: readonly string[];
	readonly network: boolean;
}

/**
 * Permissions as overrides of Codex's configuration. They take the place of a sandbox mode: with `--sandbox` or `--add-dir`
 * beside it, Codex silently drops the profile; a `sandbox_mode` in the user's configuration gives way to it.
 */
export function permissionOverrides(permissions: Permissions): string[] {
	return [`default_permissions=${tomlString(permissions.name)}`, profileOverride(permissions)];
}

/** The override of Codex's configuration that defines the profile of permissions, without the one that chooses it. */
export function profileOverride({ name, isReadOnly, writable, denied, network }: Permissions): string {
	const files = new Map([
		[":root", '"read"'],
		[":workspace_roots", `{"."="${isReadOnly ? "read" : "write"}"}`],
		...denied.map((path) => [path, '"deny"'] as const),
		...writable.map((path) => [path, '"write"'] as const),
	]);
	const entries = [...files].map(([path, access]) => `${tomlString(path)}=${access}`);
	return `permissions.${name}={filesystem={${entries.join(",")}},network={enabled=${network}}}`;
}

/** A basic string of TOML, which is one of JSON but for one control character. */
export function tomlString(text: string): string {
	return JSON.stringify(text).replaceAll("\u007f", "\\u007f");
}
