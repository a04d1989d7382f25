/**
 * Settings of every git call, in place of the user's: what is read and done here is the same on every machine. Whose the
 * commits are, signing, excludes, attributes, filters and line ends stay the user's.
 */
export const FIXED = [
	// Ways in which files that an agent wrote would run on this machine.
	"core.hooksPath=/dev/null",
	"core.fsmonitor=false",
	"safe.bareRepository=explicit",
	// What would make git wait, fetch, or tidy up behind our back.
	"protocol.allow=never",
	"gc.auto=0",
	"maintenance.auto=false",
	"core.filesRefLockTimeout=100",
	"core.packedRefsTimeout=1000",
	// What git would not notice in a worktree, and so would remove with it.
	"core.checkStat=default",
	"core.ignoreStat=false",
	"core.trustctime=true",
	"core.untrackedCache=false",
	"diff.autoRefreshIndex=true",
	"sparse.expectFilesOutsideOfPatterns=false",
	"status.showUntrackedFiles=normal",
	// What would keep it from being committed, or be committed in its place.
	"add.ignoreErrors=false",
	"commit.verbose=false",
	"core.commentChar=#",
	"core.preferSymlinkRefs=false",
	"core.safecrlf=false",
	"i18n.commitEncoding=UTF-8",
	"submodule.recurse=false",
	// What a merge comes to.
	"merge.directoryRenames=conflict",
	"merge.renameLimit=7000",
	"merge.renames=true",
	// What is counted and printed, and patches that `git apply` takes.
	"color.diff=false",
	"color.status=false",
	"color.ui=false",
	"core.bigFileThreshold=512m",
	"core.quotePath=false",
	"diff.algorithm=myers",
	"diff.context=3",
	"diff.dstPrefix=b/",
	"diff.indentHeuristic=true",
	"diff.interHunkContext=0",
	"diff.mnemonicPrefix=false",
	"diff.noprefix=false",
	"diff.orderFile=/dev/null",
	"diff.relative=false",
	"diff.srcPrefix=a/",
	"diff.submodule=short",
	"diff.suppressBlankEmpty=false",
	"i18n.logOutputEncoding=UTF-8",
	"log.showRoot=true",
	"log.showSignature=false",
	"trailer.separators=:",
	"advice.detachedHead=false",
] as const;
