/** Space on the disk of the worktrees, in bytes. */
export interface Room {
	readonly path: string;
	readonly free: number;
	/** Of one worktree. */
	readonly worktree: number;
	readonly jobs: number;
	readonly minFree: number;
}

/** Space on the disk, and files and folders that can not be read or written. */
export type FileProblem =
	| { readonly kind: "disk-full"; readonly path: string }
	/** Bytes. */
	| { readonly kind: "disk-low"; readonly path: string; readonly free: number; readonly needed: number }
	| ({ readonly kind: "worktrees-too-large" } & Room)
	/** `message` is the system's code, or says what stands there instead. */
	| { readonly kind: "folder-unwritable"; readonly path: string; readonly message: string }
	| { readonly kind: "file-unreadable"; readonly path: string; readonly message: string }
	| { readonly kind: "file-unwritable"; readonly path: string; readonly message: string }
	/** What the program says goes nowhere. `message` is the system's code. */
	| {
			readonly kind: "output-unwritable";
			readonly stream: "standard output" | "standard error";
			readonly message: string;
	  }
	/** The file that a run was asked to report to. */
	| { readonly kind: "report-unwritable"; readonly path: string; readonly message: string }
	/** `target` as it is typed. */
	| { readonly kind: "page-unwritable"; readonly path: string; readonly message: string; readonly target: string }
	| { readonly kind: "record-invalid"; readonly path: string; readonly message: string };
