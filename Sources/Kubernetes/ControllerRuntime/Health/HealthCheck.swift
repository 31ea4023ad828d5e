import KubeModel

/// One named answer to "is it well?".
public struct HealthCheck: Sendable {
    /// The name of the check in verbose answers and in failures.
    public let name: String
    /// Throws when it isn't well. It must be quick: probes have a timeout of a second by default.
    let run: @Sendable () async throws -> Void

    /// Makes a check of a function that throws when it isn't well. It must be quick: probes have a timeout of a second
    /// by default.
    public init(_ name: String, run: @escaping @Sendable () async throws -> Void) {
        self.name = name
        self.run = run
    }

    /// The check that always passes: the process answers.
    public static let ping = HealthCheck("ping") {}

    /// Checks whether an informer has its first list.
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

    /// The text of the answer of the endpoint of that name, such as `readyz`; `isVerbose` lists the checks that passed,
    /// too.
    func text(name: String, isVerbose: Bool) -> String {
        if isHealthy { return isVerbose ? lines + "\(name) check passed\n" : "ok" }
        return lines + "\(name) check failed\n"
    }
}
