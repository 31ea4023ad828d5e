import Concurrency
import FoundationEssentials
import KubeModel
import Subprocess
import SystemPackage

extension ExecPlugin {
    private static let timeout: Duration = .seconds(60)

    /// Asks the program. It is ended when the task is cancelled, and after a minute.
    /// - Throws: ``KubeClientError`` that names the program and ends with its install hint; `CancellationError`.
    func run() async throws -> ExecCredential {
        let failure = failure("it printed no credential within \(Self.timeout)")
        do {
            return try await withDeadline(.now + Self.timeout, failure: failure) { try await self.credential() }
        } catch let error as KubeClientError {
            throw error
        } catch {
            if error is CancellationError || Task.isCancelled { throw CancellationError() }
            throw self.failure("it could not be run (\(type(of: error)))")
        }
    }

    private func credential() async throws -> ExecCredential {
        let path = try executable(ProcessInfo.processInfo.environment["PATH"] ?? "")
        var variables: [Environment.Key: String?] = [:]
        for (name, value) in environment { variables[Environment.Key(stringLiteral: name)] = value }
        variables["KUBERNETES_EXEC_INFO"] = JSONWriter.string(info)
        let result = try await Subprocess.run(
            .path(FilePath(path)), arguments: Arguments(arguments), environment: .inherit.updating(variables),
            input: .none,
            output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
        guard case .exited(0) = result.terminationStatus else {
            let secrets = arguments + environment.values
            let said = PluginOutput.told(result.standardError, hiding: secrets)
            throw failure("it ended with \(result.terminationStatus)" + (said.isEmpty ? "" : ": \(said)"))
        }
        do {
            return try ExecCredential(printed: result.standardOutput, apiVersion: apiVersion)
        } catch {
            throw failure(error.message)
        }
    }

    /// The program's path. A name is looked up in absolute folders of the search path only: a program that happens to lie in
    /// the working folder must not be handed a cluster.
    func executable(_ searchPath: String) throws(KubeClientError) -> String {
        let candidates =
            command.contains("/")
            ? [command]
            : searchPath.split(separator: ":").filter { $0.hasPrefix("/") }.map { "\($0)/\(command)" }
        guard let path = candidates.first(where: { FileManager.default.isExecutableFile(atPath: $0) }) else {
            throw failure("the program does not exist")
        }
        return path
    }

    private func failure(_ text: String) -> KubeClientError {
        let hint = installHint.map { "\n\($0)" } ?? ""
        return KubeClientError(.configuration, message: "credential plug-in \(command): \(text)\(hint)")
    }
}
