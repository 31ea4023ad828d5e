// swift-tools-version: 6.2
import PackageDescription

// Every target is compiled the same way: Swift 6 language mode (the tools version implies it), no warning tolerated, and
// async functions that stay on their caller's executor, so that helpers taking async closures need no @Sendable dance.
let settings: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let log: Target.Dependency = .product(name: "Logging", package: "swift-log")
let metrics: Target.Dependency = .product(name: "Metrics", package: "swift-metrics")
let tracing: Target.Dependency = .product(name: "Tracing", package: "swift-distributed-tracing")
let inMemoryTracing: Target.Dependency = .product(name: "InMemoryTracing", package: "swift-distributed-tracing")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let cryptoExtras: Target.Dependency = .product(name: "CryptoExtras", package: "swift-crypto")
let certificates: Target.Dependency = .product(name: "X509", package: "swift-certificates")
let asn1: Target.Dependency = .product(name: "SwiftASN1", package: "swift-asn1")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let asyncHTTPClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let hummingbirdTLS: Target.Dependency = .product(name: "HummingbirdTLS", package: "hummingbird")
let nioConcurrencyHelpers: Target.Dependency = .product(name: "NIOConcurrencyHelpers", package: "swift-nio")
let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioWebSocket: Target.Dependency = .product(name: "NIOWebSocket", package: "swift-nio")
let nioHTTPTypes: Target.Dependency = .product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let nioHTTPTypesHTTP1: Target.Dependency = .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras")
let hummingbirdCore: Target.Dependency = .product(name: "HummingbirdCore", package: "hummingbird")
let nioExtras: Target.Dependency = .product(name: "NIOExtras", package: "swift-nio-extras")
let nioHTTPCompression: Target.Dependency = .product(name: "NIOHTTPCompression", package: "swift-nio-extras")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let subprocess: Target.Dependency = .product(name: "Subprocess", package: "swift-subprocess")
let systemPackage: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")
let jwtKit: Target.Dependency = .product(name: "JWTKit", package: "jwt-kit")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")

/// A library target in `Sources/<folder>/<name>`, and its test target `<name>Tests`, which needs `tests` besides.
func library(
    _ name: String, in folder: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = [],
    tests: [Target.Dependency] = []
) -> [Target] {
    [
        .target(
            name: name, dependencies: dependencies, path: "Sources/\(folder)/\(name)", resources: resources,
            swiftSettings: settings),
        .testTarget(
            name: "\(name)Tests", dependencies: [.target(name: name)] + tests, swiftSettings: settings),
    ]
}

let package = Package(
    name: "skyflo",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "skyflo", targets: ["skyflo"]),
        .library(name: "Concurrency", targets: ["Concurrency"]),
        .library(name: "KubeModel", targets: ["KubeModel"]),
        .library(name: "KubeSchema", targets: ["KubeSchema"]),
        .library(name: "KubeClient", targets: ["KubeClient"]),
        .library(name: "ControllerRuntime", targets: ["ControllerRuntime"]),
        .library(name: "LocalCluster", targets: ["LocalCluster"]),
        .library(name: "OperatorTestKit", targets: ["OperatorTestKit"]),
    ],
    traits: [
        .default(enabledTraits: ["Playground"]),
        .trait(
            name: "Playground",
            description: "skyflo playground: the operator with an API server on loopback. The image is built without."),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
    ],
    // Bottom layer first; an arrow may only point at a lower layer (hack/checks/layers.sh).
    targets: [
        [
            .systemLibrary(
                name: "CLibYAML", path: "Sources/Kubernetes/CLibYAML", pkgConfig: "yaml-0.1",
                providers: [.apt(["libyaml-dev"])]),
            .systemLibrary(
                name: "CZlib", path: "Sources/Skyflo/CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        ],
        library("KubeModel", in: "Kubernetes", ["CLibYAML"]),
        library("Concurrency", in: "Kubernetes", [log, lifecycle, nioCore, nioPosix]),
        library(
            "HTTPTransport", in: "Kubernetes", [asyncHTTPClient, nioCore, nioHTTP1, nioPosix, nioSSL],
            tests: [asyncHTTPClient, nioCore, nioHTTP1, nioSSL]),
        // Embedded, because people copy the binary alone.
        library(
            "KubeSchema", in: "TestServer", ["KubeModel"],
            resources: [
                .embedInCode("BuiltIn/Schemas/core-v1.json"), .embedInCode("BuiltIn/Schemas/apps-v1.json"),
                .embedInCode("BuiltIn/Schemas/platform-kinds.json"),
                .embedInCode("BuiltIn/Schemas/controller-kinds.json"),
                .embedInCode("BuiltIn/Schemas/manifest-kinds.json"),
            ],
            tests: ["KubeModel"]),
        library(
            "Helm", in: "Skyflo", ["CLibYAML", "CZlib", "KubeModel", crypto, cryptoExtras, certificates, asn1],
            tests: ["TestCharts", "KubeModel"]),
        library("HelmFiles", in: "Skyflo", ["Helm"], tests: ["Helm"]),
        library("MCP", in: "Skyflo", ["KubeModel"], tests: ["KubeModel"]),
        library("SkyfloAPI", in: "Skyflo", ["KubeModel"], tests: ["KubeModel", "KubeSchema"]),
        library(
            "KubeClient", in: "Kubernetes",
            [
                "KubeModel", "Concurrency", "HTTPTransport", log, tracing, asyncHTTPClient, nioCore, nioPosix, nioHTTP1,
                nioHTTPCompression, nioExtras, nioSSL, nioWebSocket, subprocess, systemPackage,
            ],
            tests: [
                "KubeModel", "Concurrency", "HTTPTransport", "LocalCluster", "OperatorTestKit", log, tracing,
                inMemoryTracing,
                asyncHTTPClient,
                asn1, certificates, crypto, httpTypes, hummingbird, hummingbirdTLS, nioCore, nioHTTP1, nioPosix,
                nioSSL,
            ]),
        library(
            "Telemetry", in: "Kubernetes",
            [
                "KubeModel", "Concurrency", "HTTPTransport", asyncHTTPClient, lifecycle, log, nioCore, nioHTTP1, nioSSL,
                tracing,
            ],
            tests: ["HTTPTransport", httpTypes, hummingbird, lifecycle, log, nioCore, tracing]),
        library(
            "LanguageModels", in: "Skyflo",
            [
                "KubeModel", "Concurrency", "HTTPTransport", log, asyncHTTPClient, crypto, cryptoExtras, nioCore,
                nioHTTP1, nioHTTPCompression, nioSSL, systemPackage,
            ],
            tests: [
                "KubeModel", "HTTPTransport", log, asyncHTTPClient, crypto, cryptoExtras, httpTypes, hummingbird,
                nioCore,
                nioHTTP1, nioHTTPCompression, nioPosix,
            ]),
        library(
            "OfflineModel", in: "Skyflo", ["KubeModel", "LanguageModels"], tests: ["KubeModel", "LanguageModels"]),
        library(
            "ControllerRuntime", in: "Kubernetes",
            [
                "KubeModel", "Concurrency", "KubeClient", log, metrics, lifecycle, httpTypes, hummingbird,
                nioConcurrencyHelpers, nioCore,
            ],
            tests: [
                "KubeModel", "Concurrency", "KubeClient", "LocalCluster", "OperatorTestKit", log, metrics, lifecycle,
                asyncHTTPClient,
                nioCore, nioHTTP1, nioPosix, nioSSL,
            ]),
        library(
            "Integrations", in: "Skyflo",
            ["KubeModel", "Concurrency", "HTTPTransport", asyncHTTPClient, nioCore, nioHTTP1, nioPosix, nioSSL],
            tests: ["KubeModel", "TestJenkins", "TestWeb", asyncHTTPClient]),
        library(
            "Installation", in: "Skyflo", ["KubeModel", "SkyfloAPI", crypto],
            tests: ["KubeModel", "KubeSchema", "SkyfloAPI"]),
        library(
            "WorkflowEngine", in: "Skyflo", ["KubeModel", "SkyfloAPI", crypto],
            tests: ["KubeModel", "KubeSchema", "SkyfloAPI"]),
        library(
            "Writes", in: "Skyflo", ["Helm", "KubeModel", "KubeClient", "SkyfloAPI", "Integrations", "MCP", crypto],
            tests: ["Helm", "KubeModel", "KubeClient", "SkyfloAPI", "FakeKubeAPI"]),
        library(
            "ToolKit", in: "Skyflo", ["Helm", "KubeModel", "KubeClient", "Integrations", "SkyfloAPI", "Writes"],
            tests: ["KubeModel", "KubeClient", "Integrations", "SkyfloAPI", "Writes", "FakeKubeAPI"]),
        // Links to crds/, rbac/ and config/: `skyflo install` and `skyflo playground` install what a person does with kubectl.
        library(
            "Installer", in: "Skyflo",
            ["KubeModel", "Concurrency", "KubeClient", "Helm", "HelmFiles", "SkyfloAPI", "Writes"],
            resources: [
                .embedInCode("Manifests/approvals.yaml"),
                .embedInCode("Manifests/chart.yaml"),
                .embedInCode("Manifests/conversations.yaml"),
                .embedInCode("Manifests/local-accounts.yaml"),
                .embedInCode("Manifests/manager-deployment.yaml"),
                .embedInCode("Manifests/manager-disruption-budget.yaml"),
                .embedInCode("Manifests/manager-network-policy.yaml"),
                .embedInCode("Manifests/manager-service.yaml"),
                .embedInCode("Manifests/move-transcripts.yaml"),
                .embedInCode("Manifests/operator.yaml"),
                .embedInCode("Manifests/people.yaml"),
                .embedInCode("Manifests/read-secrets.yaml"),
                .embedInCode("Manifests/skyfloais.yaml"),
                .embedInCode("Manifests/template-admission.yaml"),
                .embedInCode("Manifests/template-crds.yaml"),
                .embedInCode("Manifests/template-deployment.yaml"),
                .embedInCode("Manifests/template-disruption-budget.yaml"),
                .embedInCode("Manifests/template-helpers.tpl"),
                .embedInCode("Manifests/template-network-policy.yaml"),
                .embedInCode("Manifests/template-rbac.yaml"),
                .embedInCode("Manifests/template-service-monitor.yaml"),
                .embedInCode("Manifests/template-service.yaml"),
                .embedInCode("Manifests/template-skyfloai.yaml"),
                .embedInCode("Manifests/tools.yaml"),
                .embedInCode("Manifests/values-schema.json"),
                .embedInCode("Manifests/values.yaml"),
                .embedInCode("Manifests/web-deployment.yaml"),
                .embedInCode("Manifests/web-sign-in.yaml"),
                .embedInCode("Manifests/web-service.yaml"),
            ],
            tests: [
                "KubeModel", "KubeClient", "Helm", "HelmFiles", "SkyfloAPI", "SkyfloCLI", "LocalCluster",
                "OperatorTestKit", subprocess,
            ]),
        library(
            "ChartRepositories", in: "Skyflo",
            ["Helm", "KubeModel", "Concurrency", "HTTPTransport", "Integrations", "ToolKit", "Writes", crypto],
            tests: ["Helm", "KubeModel", "Integrations", "ToolKit", "Writes", "TestCharts", "TestWeb"]),
        library(
            "KubernetesTools", in: "Skyflo/Toolsets", ["KubeModel", "KubeClient", "SkyfloAPI", "Writes", "ToolKit"],
            tests: [
                "KubeModel", "KubeClient", "SkyfloAPI", "Writes", "ToolKit", "LocalCluster", "OperatorTestKit",
                "FakeKubeAPI", log, subprocess,
            ]),
        library(
            "ArgoTools", in: "Skyflo/Toolsets", ["KubeModel", "KubeClient", "SkyfloAPI", "Writes", "ToolKit"],
            tests: [
                "KubeModel", "KubeClient", "SkyfloAPI", "Writes", "ToolKit", "LocalCluster", "OperatorTestKit",
                "FakeKubeAPI", log,
            ]),
        library(
            "HelmTools", in: "Skyflo/Toolsets",
            [
                "Helm", "HelmFiles", "HTTPTransport", "KubeModel", "KubeClient", "SkyfloAPI", "ToolKit", "Writes",
                nioPosix,
            ],
            tests: [
                "Helm", "KubeModel", "KubeClient", "SkyfloAPI", "ToolKit", "Writes", "ChartRepositories",
                "LocalCluster",
                "OperatorTestKit", "FakeKubeAPI", "TestCharts", "TestWeb", log, subprocess,
            ]),
        library(
            "JenkinsTools", in: "Skyflo/Toolsets", ["KubeModel", "Integrations", "SkyfloAPI", "Writes", "ToolKit"],
            tests: [
                "KubeModel", "KubeClient", "Integrations", "SkyfloAPI", "Writes", "ToolKit", "FakeKubeAPI",
                "IntegrationBench", "TestJenkins", "TestWeb",
            ]),
        library(
            "ArgoCDTools", in: "Skyflo/Toolsets", ["KubeModel", "Integrations", "SkyfloAPI", "Writes", "ToolKit"],
            tests: ["KubeModel", "Integrations", "SkyfloAPI", "Writes", "ToolKit", "IntegrationBench", "TestWeb"]),
        library(
            "GitTools", in: "Skyflo/Toolsets",
            ["KubeModel", "KubeClient", "Integrations", "SkyfloAPI", "Writes", "ToolKit"],
            tests: [
                "KubeModel", "Integrations", "SkyfloAPI", "Writes", "ToolKit", "FakeKubeAPI", "IntegrationBench",
                "TestGitHosts", "TestWeb",
            ]),
        library(
            "MCPTools", in: "Skyflo/Toolsets",
            ["Helm", "KubeModel", "MCP", "SkyfloAPI", "Writes", "ToolKit", crypto],
            tests: [
                "KubeModel", "KubeClient", "Integrations", "MCP", "SkyfloAPI", "Writes", "ToolKit", "FakeKubeAPI",
                "IntegrationBench", "TestMCP", "TestWeb",
            ]),
        library(
            "PrometheusTools", in: "Skyflo/Toolsets", ["KubeModel", "Integrations", "SkyfloAPI", "Writes", "ToolKit"],
            tests: ["KubeModel", "Integrations", "SkyfloAPI", "Writes", "ToolKit", "IntegrationBench", "TestWeb"]),
        library(
            "LocalCluster", in: "TestServer",
            [
                "KubeModel", "Concurrency", "KubeSchema", log, lifecycle, asyncHTTPClient, asn1, certificates, crypto,
                httpTypes,
                hummingbird, hummingbirdCore, hummingbirdTLS, nioCore, nioHTTP1, nioHTTPTypes, nioHTTPTypesHTTP1,
                nioPosix, nioSSL,
                nioWebSocket,
            ],
            tests: [
                "KubeModel", "KubeSchema", log, asyncHTTPClient, httpTypes, nioCore, nioHTTP1, nioPosix, nioSSL,
                subprocess,
            ]),
        library(
            "OperatorTestKit", in: "TestServer", ["KubeModel", "KubeClient", "ControllerRuntime", "LocalCluster", log],
            tests: ["KubeModel", "KubeClient", "ControllerRuntime"]),
        library(
            "Transcripts", in: "Skyflo", ["KubeModel", "SkyfloAPI", "KubeClient", "WorkflowEngine"],
            tests: ["KubeModel", "SkyfloAPI", "WorkflowEngine"]),
        library(
            "LiveEvents", in: "Skyflo", ["KubeModel", "SkyfloAPI", "WorkflowEngine"],
            tests: ["KubeModel", "SkyfloAPI", "WorkflowEngine"]),
        library(
            "LiveServer", in: "Skyflo",
            [
                "KubeModel", "Concurrency", "SkyfloAPI", "KubeClient", "ControllerRuntime", "WorkflowEngine",
                "Transcripts", "LiveEvents", "ConversationAccess", "HTTPTransport", log, metrics, lifecycle,
                asyncHTTPClient,
                httpTypes, hummingbird, hummingbirdCore, hummingbirdTLS, nioCore, nioHTTP1, nioHTTPTypes,
                nioHTTPTypesHTTP1, nioSSL, nioWebSocket, crypto, certificates, asn1,
            ],
            tests: [
                "KubeModel", "KubeClient", "SkyfloAPI", "LiveEvents", "WorkflowEngine", "ControllerRuntime",
                "HTTPTransport", "LocalCluster", "OperatorTestKit", "Transcripts", asyncHTTPClient, log, nioCore,
                nioHTTP1, nioPosix, nioSSL, nioWebSocket,
            ]),
        library(
            "Controllers", in: "Skyflo",
            [
                "KubeModel", "Concurrency", "HTTPTransport", "SkyfloAPI", "KubeClient", "LanguageModels",
                "LiveEvents", "LiveServer", "OfflineModel", "ControllerRuntime", "WorkflowEngine", "Transcripts",
                "Writes", "ToolKit", "ChartRepositories", "Helm", "Installation", "KubernetesTools", "ArgoCDTools",
                "ArgoTools",
                "GitTools", "HelmTools", "JenkinsTools", "MCP", "MCPTools", "PrometheusTools", "Integrations",
                "Telemetry", lifecycle, log, metrics, tracing,
            ],
            tests: [
                "KubeModel", "SkyfloAPI", "KubeClient", "LanguageModels", "LiveEvents", "OfflineModel",
                "ControllerRuntime", "WorkflowEngine", "Transcripts", "Writes", "ToolKit", "ChartRepositories",
                "Integrations", "MCP",
                "MCPTools", "Telemetry", "TestCharts", "TestJenkins", "TestMCP", "TestWeb", asyncHTTPClient, log,
                nioCore, nioHTTP1,
                nioSSL, tracing,
            ]),
        library(
            "ConversationAccess", in: "Skyflo",
            [
                "KubeModel", "Concurrency", "HTTPTransport", "KubeClient", "SkyfloAPI", "WorkflowEngine", "LiveEvents",
            ],
            tests: ["KubeModel", "SkyfloAPI"]),
        library(
            "SkyfloCLI", in: "Skyflo",
            [
                "KubeModel", "Concurrency", "SkyfloAPI", "KubeClient", "WorkflowEngine", "LiveEvents", "Transcripts",
                "ConversationAccess", "Installer", "Writes",
            ],
            tests: ["KubeModel", "SkyfloAPI", "KubeClient", "WorkflowEngine", "LiveEvents", "ConversationAccess"]),
        library(
            "SkyfloMCP", in: "Skyflo",
            [
                "KubeModel", "Concurrency", "SkyfloAPI", "KubeClient", "MCP", "Writes", "ToolKit", "ConversationAccess",
                "LiveServer", crypto, httpTypes, hummingbird, hummingbirdCore, hummingbirdTLS, lifecycle, log,
                nioConcurrencyHelpers,
                nioCore,
            ],
            tests: [
                "KubeModel", "SkyfloAPI", "KubeClient", "MCP", "Writes", "ToolKit", "KubernetesTools", "LocalCluster",
                "OperatorTestKit", "Concurrency", "LiveServer", asyncHTTPClient, log, nioCore, nioHTTP1, nioSSL,
            ]),
        library(
            "SignIn", in: "Skyflo",
            [
                "KubeModel", "Concurrency", "HTTPTransport", "KubeClient", "Integrations", jwtKit, crypto, cryptoExtras,
                log, nioPosix,
            ],
            tests: ["KubeModel", "KubeClient", "TestProvider", "TestWeb", crypto, log]),
        library(
            "CommandCenter", in: "Skyflo",
            [
                "KubeModel", "Concurrency", "HTTPTransport", "SkyfloAPI", "KubeClient", "LiveEvents",
                "WorkflowEngine", "Transcripts", "ConversationAccess", "LiveServer", "SignIn",
                crypto, httpTypes, hummingbird, hummingbirdCore, hummingbirdTLS, lifecycle, log, nioCore,
            ],
            resources: [
                .embedInCode("Assets/style.css"), .embedInCode("Assets/app.js"), .embedInCode("Assets/icon.svg"),
                .embedInCode("Assets/icon-waiting.svg"), .embedInCode("Assets/icons.svg"),
            ],
            tests: [
                "KubeModel", "KubeClient", "HTTPTransport", "SkyfloAPI", "WorkflowEngine", "LiveEvents", "LocalCluster",
                "OperatorTestKit", "SignIn", "TestProvider", "TestWeb", asyncHTTPClient, log, nioCore, nioHTTP1,
            ]),
        [
            .executableTarget(
                name: "skyflo",
                dependencies: [
                    "KubeModel", "Concurrency", "HTTPTransport", "SkyfloAPI", "KubeClient", "ControllerRuntime",
                    "CommandCenter", "Controllers", "Installer", "LiveServer", "SignIn", "Telemetry", "ToolKit", "Helm",
                    "HelmFiles",
                    .target(name: "LocalCluster", condition: .when(traits: ["Playground"])), "SkyfloCLI", "MCP",
                    "SkyfloMCP", "Transcripts", "Writes",
                    argumentParser, log, metrics, lifecycle, unixSignals, nioPosix, tracing,
                ],
                path: "Sources/Skyflo/skyflo",
                // A link to config/.
                resources: [.embedInCode("Manifests/playground.yaml")],
                swiftSettings: settings),
            .target(
                name: "ScriptedOpenAI",
                dependencies: ["KubeModel", "Concurrency", "LanguageModels", hummingbird, log],
                path: "hack/bench/ScriptedOpenAI", swiftSettings: settings),
            .executableTarget(
                name: "TurnBench",
                dependencies: [
                    "KubeModel", "Concurrency", "SkyfloAPI", "KubeClient", "LanguageModels", "ScriptedOpenAI", log,
                ],
                path: "hack/bench/TurnBench", swiftSettings: settings),
            .executableTarget(
                name: "KubeBench",
                dependencies: [
                    "KubeModel", "Concurrency", "KubeClient", "ControllerRuntime", log, nioCore, nioPosix,
                ],
                path: "hack/bench/KubeBench", swiftSettings: settings),
            .executableTarget(
                name: "ToolBench",
                dependencies: [
                    "KubeModel", "KubeClient", "ControllerRuntime", "Writes", "ToolKit", "KubernetesTools", log,
                ],
                path: "hack/bench/ToolBench", swiftSettings: settings),
            .executableTarget(
                name: "HelmBench", dependencies: ["Helm", "HelmFiles"], path: "hack/bench/HelmBench",
                swiftSettings: settings),
            .target(
                name: "Fuzzing",
                dependencies: [
                    "KubeModel", "KubeSchema", "SkyfloAPI", "KubeClient", "LanguageModels", "LocalCluster",
                    "WorkflowEngine", "HTTPTransport", "LiveEvents", "Writes", "Helm", "MCP", "CommandCenter",
                ],
                path: "hack/fuzz/Fuzzing", swiftSettings: settings),
            .systemLibrary(name: "CLibFuzzer", path: "hack/fuzz/CLibFuzzer"),
            .executableTarget(
                name: "Fuzz", dependencies: ["Fuzzing", "CLibFuzzer"], path: "hack/fuzz/Fuzz", swiftSettings: settings),
            .target(
                name: "FakeKubeAPI", dependencies: ["KubeModel", "KubeClient"], path: "Tests/Support/FakeKubeAPI",
                swiftSettings: settings),
            .executableTarget(
                name: "JenkinsServer", dependencies: ["TestJenkins", "KubeModel"], path: "hack/peers/JenkinsServer",
                swiftSettings: settings),
            .executableTarget(
                name: "ChartServer",
                dependencies: ["ChartRepositories", "Integrations", "KubeModel", "TestCharts", "ToolKit", "Writes"],
                path: "hack/peers/ChartServer", swiftSettings: settings),
            .executableTarget(
                name: "CronTimes", dependencies: ["KubeModel"], path: "hack/peers/CronTimes", swiftSettings: settings),
            .target(
                name: "TestWeb", dependencies: ["KubeModel", httpTypes, hummingbird, log, nioCore],
                path: "Tests/Support/TestWeb", swiftSettings: settings),
            .target(
                name: "TestProvider", dependencies: ["KubeModel", "TestWeb", crypto],
                path: "Tests/Support/TestProvider",
                swiftSettings: settings),
            .target(
                name: "TestJenkins", dependencies: ["KubeModel", "TestWeb"],
                path: "Tests/Support/TestJenkins", swiftSettings: settings),
            .target(
                name: "TestCharts", dependencies: ["CZlib", "Helm", "KubeModel", "TestWeb", crypto],
                path: "Tests/Support/TestCharts", swiftSettings: settings),
            .target(
                name: "TestMCP", dependencies: ["KubeModel", "TestWeb"], path: "Tests/Support/TestMCP",
                swiftSettings: settings),
            .target(
                name: "TestGitHosts", dependencies: ["KubeModel", "TestWeb"], path: "Tests/Support/TestGitHosts",
                swiftSettings: settings),
            .executableTarget(
                name: "GitHostServers", dependencies: ["TestGitHosts", "TestWeb"], path: "hack/peers/GitHostServers",
                swiftSettings: settings),
            .target(
                name: "IntegrationBench",
                dependencies: [
                    "KubeModel", "KubeClient", "Integrations", "SkyfloAPI", "Writes", "ToolKit", "FakeKubeAPI",
                    "TestWeb",
                ],
                path: "Tests/Support/IntegrationBench", swiftSettings: settings),
            .testTarget(name: "FuzzTests", dependencies: ["Fuzzing"], swiftSettings: settings),
            .testTarget(
                name: "APIServerContractTests",
                dependencies: [
                    "KubeModel", "KubeClient", "ControllerRuntime", "LocalCluster", "OperatorTestKit", log,
                ],
                swiftSettings: settings),
            .testTarget(
                name: "RecordingTests",
                dependencies: [
                    "KubeModel", "LocalCluster", asyncHTTPClient, nioCore, nioHTTP1, nioSSL, subprocess, systemPackage,
                ],
                exclude: ["Recordings", "KnownDifferences.yaml"], swiftSettings: settings),
            .testTarget(
                name: "StoryTests",
                dependencies: [
                    "KubeModel", "SkyfloAPI", "KubeClient", "LanguageModels", "OfflineModel", "ControllerRuntime",
                    "WorkflowEngine", "Transcripts", "Writes", "Controllers", "LocalCluster", "OperatorTestKit",
                    "CommandCenter", "ConversationAccess", "SkyfloCLI", "LiveEvents", "LiveServer", "HTTPTransport",
                    "ScriptedOpenAI",
                    "TestCharts", "TestJenkins", "TestWeb", "MCP", "SkyfloMCP", "ToolKit", "KubernetesTools",
                    asyncHTTPClient, log, nioCore, nioHTTP1, nioSSL,
                    subprocess,
                    systemPackage,
                ],
                swiftSettings: settings),
        ],
    ].flatMap(\.self)
)
