/**
 * By convention, what checks are made of: the configuration of those who run tests, look for mistakes, format, check types, measure
 * coverage and build, and what calls them. `package.json` is not among them: only some of its keys are.
 */
export const PROTECTED_FILES: readonly string[] = [
	// JavaScript and TypeScript
	"**/{vite,vitest,jest,playwright,cypress,karma,wdio,web-test-runner,ava,tap,mocha,nyc,c8,stryker,babel,webpack,rollup,rolldown,tsup,tsdown,esbuild,rspack,metro,swc,prettier,eslint,stylelint,oxlint,lint-staged,commitlint}{,.*}.{config,conf}{,.*}.{js,cjs,mjs,ts,cts,mts,json}",
	"**/{cypress,nx,turbo,knip,lerna,rush,babel,stryker,karma,wdio,project}{,.conf}.{json,jsonc}",
	"**/{jest-puppeteer,jest-playwright,playwright-ct,nightwatch,protractor,codecept,testem,cucumber}{,.config,.conf}.{js,cjs,mjs,ts,json}",
	"**/jasmine{,.*}.{json,js,cjs,mjs}",
	"**/{tslint,api-extractor,node.config}.json",
	"**/pnpm-workspace.yaml",
	"**/{vitest,jest}.{setup,global-setup,globalSetup}.*",
	"**/{setupTests,setup-tests,setup-jest,setup-vitest,jest-setup,vitest-setup}.*",
	"**/{global-setup,globalSetup,global-teardown,globalTeardown}.*",
	"**/vitest.workspace.*",
	"**/.{mocharc,nycrc,c8rc,taprc,avarc,swcrc,babelrc,eslintrc,prettierrc,stylelintrc,jshintrc,jscsrc,oxlintrc,xo-config,huskyrc,lintstagedrc,testcaferc,depcheckrc,dependency-cruiser,size-limit,jscpd}{,.*}",
	"**/.{eslintignore,prettierignore,stylelintignore}",
	"**/{tsconfig,jsconfig}{,.*}.json",
	"**/biome.{json,jsonc}",
	"**/dprint.json",
	"**/deno.{json,jsonc}",
	"**/bunfig.toml",
	"**/.{npmrc,yarnrc,yarnrc.yml,pnpmfile.cjs}",
	".husky/**",
	".yarn/{plugins,releases}/**",
	// Python
	"**/{conftest,sitecustomize,usercustomize,noxfile,setup}.py",
	"**/{tox,pytest,mypy,pyre,.flake8,.pylintrc,.coveragerc}.ini",
	"**/{setup.cfg,pyproject.toml,.pytest.ini,.flake8,.pylintrc,pylintrc,.coveragerc,.isort.cfg,.style.yapf,.mypy.ini,pyrightconfig.json,pytest.toml,.pytest.toml}",
	"**/{,.}ruff.toml",
	"**/*.pth",
	// Go
	"**/.golangci.{yml,yaml,toml,json}",
	"**/staticcheck.conf",
	"**/go.{mod,work}",
	// Rust
	"**/.cargo/{config,config.toml}",
	"**/{.config,}/nextest.toml",
	"**/{,.}{clippy,rustfmt}.toml",
	"**/{deny.toml,rust-toolchain,rust-toolchain.toml,tarpaulin.toml,Cargo.toml}",
	"**/build.rs",
	// Java and Kotlin
	"**/{pom.xml,build.xml,testng.xml,detekt.yml}",
	"**/{build,settings,init}.gradle{,.kts}",
	"**/{gradle.properties,junit-platform.properties}",
	"**/{.mvn,gradle,buildSrc,config/checkstyle,config/pmd,config/detekt}/**",
	"**/{gradlew,mvnw}",
	"**/{checkstyle,pmd,spotbugs}*.xml",
	// Ruby and PHP
	"**/{Rakefile,Gemfile,.rspec,.rubocop.yml,.rubocop_todo.yml,.simplecov,sorbet/config,Guardfile,Steepfile}",
	"**/{spec_helper,rails_helper,test_helper}.rb",
	"**/{phpunit,psalm,phpcs,.phpcs,infection,rector}*.{xml,xml.dist,json,json5,php}",
	"**/phpstan*.{neon,neon.dist,php}",
	"**/{.php-cs-fixer*,pint.json,composer.json,pest.php,Pest.php,codeception*.yml,behat.yml}",
	// .NET
	"**/*.{csproj,fsproj,vbproj,sln,slnx,props,targets,runsettings,ruleset,globalconfig}",
	"**/{global.json,xunit.runner.json,stylecop.json,nuget.config,NuGet.config,NuGet.Config}",
	// Swift, Dart, Elixir, Erlang, Scala, Clojure, Haskell, OCaml and Zig
	"**/{Package.swift,.swiftlint.yml,.swiftformat,*.xctestplan,*.xcscheme}",
	"**/{pubspec.yaml,analysis_options.yaml,dart_test.yaml}",
	"**/{mix.exs,.formatter.exs,.credo.exs,test_helper.exs,rebar.config}",
	"**/{*.sbt,.scalafmt.conf,.scalafix.conf,deps.edn,tests.edn,project.clj}",
	"**/{*.cabal,cabal.project,stack.yaml,.hlint.yaml,dune,dune-project,.ocamlformat,build.zig}",
	// Shell and text
	"**/{.shellcheckrc,.hadolint.yaml,.sqlfluff,.codespellrc,.vale.ini,typos.toml,_typos.toml,.typos.toml}",
	"**/.{markdownlint,markdownlint-cli2,yamllint,remarkrc,textlintrc,cspell}{,.*}",
	"**/cspell{,.config}.{json,yaml,yml,js,cjs,mjs}",
	// C, C++ and what calls others
	"**/{CMakeLists.txt,CMakePresets.json,CTestConfig.cmake,CTestCustom.cmake,meson.build,meson.options,meson_options.txt,configure.ac,Makefile.am,WORKSPACE,MODULE.bazel,BUILD,BUILD.bazel,.bazelrc}",
	"**/*.cmake",
	"**/{.clang-tidy,.clang-format,.clangd}",
	"**/{,GNU}{M,m}akefile",
	"**/*.mk",
	"**/{,.}{J,j}ustfile",
	"**/{T,t}askfile{,.dist}.{yml,yaml}",
	"**/{,.}mise.toml",
	"**/{.tool-versions,.pre-commit-config.yaml,lefthook.yml,lefthook.yaml,.lefthook.yml,.editorconfig,Earthfile,Dockerfile,flake.nix,shell.nix}",
	// Services
	".github/{workflows,actions}/**",
	".gitlab-ci.{yml,yaml}",
	".gitlab/ci/**",
	".circleci/**",
	".buildkite/**",
	".woodpecker{,/**,.yml,.yaml}",
	".{travis,drone,cirrus,appveyor}.{yml,yaml}",
	"{azure-pipelines,bitbucket-pipelines,appveyor,cloudbuild,buildspec,codecov,.codecov}.{yml,yaml}",
	"**/{Jenkinsfile,.semaphore/**,.teamcity/**}",
	".{forgejo,gitea}/workflows/**",
	// What attributes and orchfiles say of how a checkout is judged
	"**/.gitattributes",
	"orchfile.*",
];

/** Of those, the ones that also say what work needs: with the base's version, work may fail for a new dependency or source file alone. */
export const MIXED_FILES: readonly string[] = [
	"**/{pyproject.toml,setup.cfg,setup.py,Cargo.toml,go.mod,go.work,pom.xml,build.xml,Gemfile,composer.json,build.rs}",
	"**/{build,settings}.gradle{,.kts}",
	"**/gradle/**",
	"**/{pnpm-workspace.yaml,global.json,Package.swift,pubspec.yaml,mix.exs,rebar.config,deps.edn,project.clj,build.zig}",
	"**/*.{csproj,fsproj,vbproj,sln,slnx,props,targets,sbt,cabal}",
	"**/{cabal.project,stack.yaml,dune,dune-project}",
	"**/{CMakeLists.txt,meson.build,Makefile.am,BUILD,BUILD.bazel,MODULE.bazel,WORKSPACE}",
	"**/*.cmake",
	"**/{,GNU}{M,m}akefile",
	"**/*.mk",
];
