import AsyncHTTPClient
import Foundation
import LocalCluster
import Testing

/// The embedded API server held against recorded answers of a real one.
struct RecordingTests {
    /// Steps between the recorded requests are kubectl commands.
    @Test(.enabled { await Shell.kubectlMinor() != nil }, arguments: try Recordings.groups())
    func `a group of scenarios is answered as recorded, but for the known differences`(_ group: Group) async throws {
        let shell = try Shell()
        defer { shell.remove() }
        // The recorded cluster had no metrics-server.
        var configuration = LocalCluster.Configuration()
        configuration.servesMetrics = false
        let found = try await LocalCluster.withRunning(configuration) { _, endpoint in
            try await Wire.withClients(of: endpoint) { wire in
                let replay = Replay(wire: wire, shell: shell, comparesKubectl: await Shell.kubectlMinor() == 32)
                return try await replay.run(group)
            }
        }
        let known = try Recordings.knownDifferences()
        for (scenario, differences) in found.sorted(by: { $0.key < $1.key }) {
            if known[scenario] == nil {
                #expect(differences.isEmpty, "\(scenario) differs:\n\(differences.joined(separator: "\n"))")
            } else {
                #expect(!differences.isEmpty, "\(scenario) agrees now: take it off the list of known differences")
            }
        }
    }

    @Test func `every known difference is one of a recorded scenario`() throws {
        let scenarios = Set(try Recordings.groups().flatMap(\.files).map { String($0.dropLast(".json".count)) })
        #expect(try Recordings.knownDifferences().keys.filter { !scenarios.contains($0) } == [])
    }
}
