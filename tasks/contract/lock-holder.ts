/** Who works on an issue, as far as a person has to know. */
export interface LockHolder {
	readonly pid: number;
	readonly host: string;
	/** When that run started, in ISO 8601. */
	readonly since: string;
}
