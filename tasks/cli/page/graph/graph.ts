import { cut, widthOf } from "../../words/columns.ts";
import { groupOf } from "../../words/night-words.ts";
import { standingWord } from "../../words/standing-words.ts";
import type { IssueFacts } from "../facts.ts";
import { html, type Markup } from "../html.ts";
import { layOut, type Point } from "./lay-out.ts";
import { pack } from "./pack.ts";
import { components, type Edges, reduced } from "./reduce.ts";

/** Pixels that a drawing takes at most, where it can help it: it is never made smaller than it is, so that it stays readable. */
const WIDTH = 1240;

/** Pixels of a column of the font that names are in, whose letters are all alike. */
const COLUMN = 7.3;

/** The same of what stands below a name. */
const SMALL_COLUMN = 6.4;

/** Columns that are shown of a name and of a standing. */
const MOST = 27;

/** Issues up to which each says where it stands; where there are more, its colour and sign do. */
const TOLD = 40;

/** The issues, and what waits for what, as a drawing in which each leads to what is told of it. */
export function graphMarkup(issues: readonly IssueFacts[]): Markup {
	const isTold = issues.length <= TOLD;
	const nodes = issues.map(({ standing }) => ({
		id: standing.issue.id,
		title: standing.issue.title,
		tone: groupOf(standing).tone,
		word: standingWord(standing),
	}));
	const columns = nodes.map(({ id, word }) => Math.max(wide(id) * COLUMN, isTold ? wide(word) * SMALL_COLUMN : 0));
	const size = { width: Math.round(Math.max(...columns, 40)) + 36, height: isTold ? 38 : 26 };
	const edges = reduced(edgesOf(issues));
	const parts = components(
		nodes.map(({ id }) => id),
		edges,
	).map((names) => layOut(names, edges, size, WIDTH));
	const { width, height, nodes: places, edges: ways } = pack(parts, WIDTH);
	const drawn = nodes.map(({ id, title, tone, word }) => {
		const { x, y } = places.get(id) ?? { x: 0, y: 0 };
		const [left, top] = [x - size.width / 2, y - size.height / 2];
		return html`<a href="#issue-${id}" class="${tone}"><title>${id}: ${word}. ${title}</title><rect x="${left}" y="${top}" width="${size.width}" height="${size.height}" rx="6"/><use href="#g-${tone}" x="${left + 7}" y="${top + 5}" width="16" height="16"/><text class="id" x="${left + 28}" y="${top + 17}">${cut(id, MOST)}</text>${isTold && html`<text class="word" aria-hidden="true" x="${left + 28}" y="${top + 31}">${cut(word, MOST)}</text>`}</a>
`;
	});
	return html`<svg class="graph" width="${Math.ceil(width)}" height="${Math.ceil(height)}" viewBox="0 0 ${Math.ceil(width)} ${Math.ceil(height)}" role="group" aria-label="What waits for what">
<marker id="tip" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 .5L8 4L0 7.5z"/></marker>
${ways.map((points) => html`<path class="edge" d="${wayOf(points)}" marker-end="url(#tip)"/>`)}
${drawn}</svg>`;
}

function wide(text: string): number {
	return Math.min(widthOf(text), MOST);
}

/** Which issues wait for each, among those of the page. */
function edgesOf(issues: readonly IssueFacts[]): Edges {
	const edges = new Map(issues.map(({ standing }) => [standing.issue.id, new Set<string>()]));
	for (const { standing } of issues)
		for (const blocker of standing.issue.blockers) edges.get(blocker)?.add(standing.issue.id);
	return edges;
}

/** A way through points, rounded where it turns. */
function wayOf(points: readonly Point[]): string {
	const at = ({ x, y }: Point) => `${Math.round(x * 10) / 10} ${Math.round(y * 10) / 10}`;
	const [first, ...others] = points;
	const last = others.pop();
	if (!first || !last) return "";
	const turns = others.map((point, n) => {
		const next = others[n + 1] ?? last;
		const middle = n === others.length - 1 ? next : { x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 };
		return `Q${at(point)} ${at(middle)}`;
	});
	return `M${at(first)}${turns.length > 0 ? turns.join("") : `L${at(last)}`}`;
}
