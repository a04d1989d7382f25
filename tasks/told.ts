import { loadOnce } from "./system/once.ts";

const loadRefusals = loadOnce(() => import("./repo/refusals.ts"));

/** The parameters of an action behind those that the orchfile gives. */
export type Rest<F, Given extends unknown[]> = F extends (...args: [...Given, ...infer R]) => unknown ? R : never;

// biome-ignore lint/suspicious/noExplicitAny: actions of any shape are wrapped alike.
type Action = (...args: any[]) => Promise<unknown>;

/**
 * Has what git refuses an action told by its reason. An action's context is its last argument.
 * @param next what goes on for an issue once that is mended.
 */
export function told<F extends Action>(action: F, next?: "goal" | "save"): F {
	const call = async (...args: Parameters<F>) => {
		try {
			return await action(...args);
		} catch (error) {
			const { explainRefusal } = await loadRefusals();
			throw await explainRefusal(error, args.at(-1)?.issue, next);
		}
	};
	return call as F;
}
