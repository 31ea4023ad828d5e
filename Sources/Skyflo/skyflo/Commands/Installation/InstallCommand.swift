import ArgumentParser
import Helm
import HelmFiles
import Installer
import KubeModel
import SkyfloCLI

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

struct InstallCommand: InstallationCommand {
    static let configuration = CommandConfiguration(
        commandName: "install",
        abstract: "Install the operator, or bring an installation to this version.",
        discussion: """
            CRDs, roles, the admission policy and the operator are those of config/default and of the Helm chart; --set and --values \
            take the chart's values (skyflo install --show-values). Everything is looked at first: if anything is missing, all of it \
            is said, and nothing is written. What is there already and the same is left alone, so the command may be repeated.

            Examples:
              skyflo install --image registry.example.com/skyflo:0.1.0
              skyflo install --image registry.example.com/skyflo:0.1.0 --replicas 3 --diff
              skyflo install --image registry.example.com/skyflo:0.1.0 -o yaml > skyflo.yaml    # asks no cluster

            Exit status: 0 done, 1 something is missing, 2 usage, 124 not ready in time, 130 interrupted.
            """)

    enum DryRun: String, ExpressibleByArgument, CaseIterable { case client, server }

    @Option(help: "The operator's image, REPOSITORY[:TAG][@DIGEST]. None is published: build it from the Dockerfile.")
    var image: String?
    @Option(help: "How many operators share the work. Default: left to spec.engine.replicas or an autoscaler, or 1.")
    var replicas: Int?
    @OptionGroup(title: "Values of the chart") var values: HelmValuesFlags
    @Flag(help: "Leave the CRDs out.") var skipCrds = false
    @Option(name: .shortAndLong, help: "Print the manifests instead, yaml or json. No cluster is asked.")
    var output: Manifests?
    @Option(help: "client prints the manifests; server tries them by dry runs, and says what would happen.")
    var dryRun: DryRun?
    @Flag(help: "Show what would change in the cluster, per object.") var diff = false
    @Flag(help: "Print the values that --set and --values take, with what they mean.") var showValues = false
    @Flag(inversion: .prefixedNo, help: "Wait until the operator is ready.") var wait = true
    @Option(help: "How long that may take, as 90s, 5m or 2h.") var timeout: Seconds = Seconds(duration: .seconds(300))
    @Flag(help: "Take over objects and fields that somebody else manages.") var forceConflicts = false
    @Flag(help: "Go on although something is missing.") var ignoreMissing = false
    @OptionGroup var cluster: InstallationOptions

    enum Manifests: String, ExpressibleByArgument, CaseIterable { case yaml, json }

    static let interruption = "what was applied stays so; the same command goes on from there"

    func validate() throws {
        if let image, InstalledImage(image) == nil {
            throw ValidationError("--image takes REPOSITORY[:TAG][@sha256:DIGEST], and not \"\(image)\"")
        }
        if let replicas, !(0...100).contains(replicas) { throw ValidationError("--replicas takes 0 to 100") }
        if [output != nil, dryRun != nil, diff, showValues].count(where: \.self) > 1 {
            throw ValidationError("--output, --dry-run, --diff and --show-values exclude each other")
        }
    }

    @concurrent
    mutating func run() async throws {
        if showValues { return HelmCommand.write(InstallationChart.valuesText, to: STDOUT_FILENO) }
        let objects: [KubeObject]
        do {
            objects = try self.objects()
        } catch {
            Terminal.standard().say(StyledText("error: \(error)"))
            throw ExitCode(ExitStatus.usage.code)
        }
        guard let format = output ?? (dryRun == .client ? .yaml : nil) else { return try await runWithCluster() }
        FileDescriptorText.write(
            InstallAction.text(of: objects, as: format == .yaml ? .yaml : .json), to: STDOUT_FILENO)
    }

    /// The objects that the options describe.
    private func objects() throws -> [KubeObject] {
        let given = try values.values()
        let own = HelmMap(["namespace": .map(HelmMap(["create": .bool(true)]))])
        let merged = ValuesReader.merged(ValuesReader.merged(own, given), flags())
        guard image != nil || InstallationChart.namesImage(given) else {
            throw HelmError("name the operator's image with --image: none is published, and the Dockerfile builds it")
        }
        return try InstallationChart.objects(values: merged, namespace: cluster.namespace)
    }

    /// The options that are shorter than --set; they go before it.
    private func flags() -> HelmMap {
        let flags = HelmMap()
        if let reference = image.flatMap({ InstalledImage($0) }) {
            flags["image"] = .map(
                HelmMap([
                    "repository": .string(ByteString(reference.repository)),
                    "tag": .string(ByteString(reference.tag ?? (reference.digest == nil ? "latest" : ""))),
                    "digest": .string(ByteString(reference.digest ?? "")),
                ]))
        }
        if let replicas { flags["replicas"] = .int(replicas) }
        if skipCrds { flags["crds"] = .map(HelmMap(["install": .bool(false)])) }
        return flags
    }

    func perform(in session: Session) async throws -> ExitStatus {
        let mode: InstallAction.Mode = diff ? .diff : dryRun == .server ? .dryRun : .applied
        return try await InstallAction(
            objects: try objects(), namespace: cluster.namespace, mode: mode, waits: wait, timeout: timeout.duration,
            force: forceConflicts, ignoresObstacles: ignoreMissing
        ).perform(in: session)
    }
}
