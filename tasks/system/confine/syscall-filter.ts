/** What a filter has to know of a processor's kind: its number (linux/audit.h), and those of its system calls. */
interface Architecture {
	readonly audit: number;
	readonly calls: Readonly<
		Record<"socket" | "socketpair" | "ioctl" | "clone" | "unshare" | "add_key" | "request_key" | "keyctl", number>
	>;
	/** From here on are calls of a second kind (x32), which would go past the filter. */
	readonly others?: number;
}

const ARCHITECTURES: Readonly<Partial<Record<string, Architecture>>> = {
	x64: {
		audit: 0xc000003e,
		calls: {
			socket: 41,
			socketpair: 53,
			ioctl: 16,
			clone: 56,
			unshare: 272,
			add_key: 248,
			request_key: 249,
			keyctl: 250,
		},
		others: 0x40000000,
	},
	arm64: {
		audit: 0xc00000b7,
		calls: {
			socket: 198,
			socketpair: 199,
			ioctl: 29,
			clone: 220,
			unshare: 97,
			add_key: 217,
			request_key: 218,
			keyctl: 219,
		},
	},
};

/** The same number on all architectures. */
const [IO_URING_SETUP, IO_URING_ENTER, IO_URING_REGISTER, CLONE3] = [425, 426, 427, 435];
/** Unix, IPv4, IPv6, netlink, packet, crypto: what a network namespace keeps apart, or that leads nowhere. */
const FAMILIES = [1, 2, 10, 16, 17, 38];
/** Commands to a terminal that type into it: `TIOCSTI`, `TIOCLINUX`. */
const TYPING = [0x5412, 0x541c];
const CLONE_NEWUSER = 0x10000000;
const [EPERM, ENOSYS, EAFNOSUPPORT] = [1, 38, 97];

/** Offsets in `struct seccomp_data`; of an argument the lower half. */
const [NUMBER, ARCHITECTURE] = [0, 4];
const argument = (at: number) => 16 + 8 * at;

/** Instructions of BPF (linux/filter.h): code, jump if true, jump if false, operand. */
type Instruction = readonly [code: number, yes: number, no: number, operand: number];
const load = (offset: number): Instruction => [0x20, 0, 0, offset];
const equals = (operand: number, yes: number, no: number): Instruction => [0x15, yes, no, operand];
const isAtLeast = (operand: number, yes: number, no: number): Instruction => [0x35, yes, no, operand];
const hasBits = (operand: number, yes: number, no: number): Instruction => [0x45, yes, no, operand];
const ALLOW: Instruction = [0x06, 0, 0, 0x7fff0000];
const refuse = (error: number): Instruction => [0x06, 0, 0, 0x00050000 | error];

/**
 * A seccomp filter, as bubblewrap's `--seccomp` reads it, that refuses what namespaces don't close: the kernel's key rings, families
 * of sockets that know no namespace (a virtual machine's own to its host, say), namespaces inside, and typing into a terminal.
 * `io_uring` could open such sockets unseen.
 * @returns nothing where it is not known how.
 */
export function syscallFilter(architecture: string = process.arch): Buffer | undefined {
	const known = ARCHITECTURES[architecture];
	if (known === undefined) return undefined;
	const { audit, calls, others } = known;
	const whole = (call: number, error: number): Instruction[] => [equals(call, 0, 1), refuse(error)];
	const byArgument = (call: number, at: number, tests: readonly Instruction[]): Instruction[] => [
		equals(call, 0, tests.length + 1),
		load(argument(at)),
		...tests,
	];
	const noNamespace = [hasBits(CLONE_NEWUSER, 0, 1), refuse(EPERM), ALLOW];
	const program = [
		load(ARCHITECTURE),
		equals(audit, 1, 0),
		refuse(ENOSYS),
		load(NUMBER),
		...(others === undefined ? [] : [isAtLeast(others, 0, 1), refuse(ENOSYS)]),
		...[calls.add_key, calls.request_key, calls.keyctl].flatMap((call) => whole(call, EPERM)),
		// Its flags lie in memory, where a filter can't look; the C library then uses the older one.
		...[IO_URING_SETUP, IO_URING_ENTER, IO_URING_REGISTER, CLONE3].flatMap((call) => whole(call, ENOSYS)),
		...byArgument(calls.clone, 0, noNamespace),
		...byArgument(calls.unshare, 0, noNamespace),
		...byArgument(calls.ioctl, 1, [...TYPING.flatMap((each) => whole(each, EPERM)), ALLOW]),
		...[calls.socket, calls.socketpair].flatMap((call) =>
			byArgument(call, 0, [
				...FAMILIES.map((family, at) => equals(family, FAMILIES.length - at, 0)),
				refuse(EAFNOSUPPORT),
				ALLOW,
			]),
		),
		ALLOW,
	];
	const bytes = Buffer.alloc(8 * program.length);
	for (const [at, [code, yes, no, operand]] of program.entries()) {
		bytes.writeUInt16LE(code, 8 * at);
		bytes.writeUInt8(yes, 8 * at + 2);
		bytes.writeUInt8(no, 8 * at + 3);
		bytes.writeUInt32LE(operand >>> 0, 8 * at + 4);
	}
	return bytes;
}
