export default { test: { include: ["checks.mjs"] } };
