import KubeModel

/// One named answer to "is it well?".
public struct HealthCheck: Sendable {
    public let name: String
    /// Throws when it isn't. It must be quick: probes have a timeout of a second by default.
    let run: @Sendable () async throws -> Void

    public init(_ name: String, run: @escaping @Sendable () async throws -> Void) {
        self.name = name
        self.run = run
    }

    /// Always well: the process answers.
    public static let ping = HealthCheck("ping") {}

    /// Whether an informer has its first list.
    public static func synced(_ informer: Informer) -> HealthCheck {
        HealthCheck("informer-\(informer.resource.qualifiedName)") {
            guard informer.hasSynced else {
                throw RuntimeError(.stopped, message: "the first list has not arrived yet")
            }
        }
    }
}

/// The results of some checks in the form of the API server's own health endpoints.
struct HealthReport {
    private(set) var isHealthy = true
    private var lines = ""

    mutating func add(_ check: HealthCheck) async -> (any Error)? {
        do {
            try await check.run()
            lines += "[+]\(check.name) ok\n"
            return nil
        } catch {
            isHealthy = false
            // The reason goes to the log: whoever may probe need not know it.
            lines += "[-]\(check.name) failed: reason withheld\n"
            return error
        }
    }

    /// - Parameter name: of the endpoint: `readyz`.
    func text(name: String, isVerbose: Bool) -> String {
        if isHealthy { return isVerbose ? lines + "\(name) check passed\n" : "ok" }
        return lines + "\(name) check failed\n"
    }
}
