import KubeClient
import KubeModel
import SkyfloAPI

/// Runs commands in containers. Nothing in the API keeps one from being run twice, so each is run once only: if its answer
/// is lost, its outcome is unknown for good.
package struct ExecBackend: WriteBackend {
    /// Of output and errors together, in bytes, as the model gets them.
    static let outputLimit = 16_384
    /// Of what is read from the container. A command that writes more is cut off.
    private static let readLimit = 4 << 20

    package init() {}

    package func preview(
        _ write: PlannedCommand, after earlier: ArraySlice<PlannedWrite>, api: ReadOnlyAPI, redactor: Redactor
    ) async throws -> WritePreview {
        // A WebSocket is opened with GET, which API servers authorize as `get` and, since 1.35, as `create` too.
        for method in [KubeRequest.Method.post, .get] {
            try await AccessReview.requireForTool(KubeRequest(method, path: write.path), api: api)
        }
        let shown = write.shown(by: redactor).command
        let lines = shown.enumerated().map { "  [\($0.offset)] \(JSONWriter.string(.string($0.element)))" }
        let text =
            "\(write.target.text), container \(write.container): would run, for at most \(write.timeoutSeconds) s, "
            + "without a shell or a terminal:\n" + lines.joined(separator: "\n") + "\n"
        return WritePreview(
            write: PlannedWrite(.command(write)), text: text,
            warnings: [
                "what the command does can't be tried out or undone; if its answer is lost, whether it ran stays unknown"
            ])
    }

    package func execute(_ write: PlannedCommand, api: ImpersonatingAPI, redactor: Redactor) async -> WriteOutcome {
        if let refusal = await refusal(of: write, ReadOnlyAPI(api)) { return refusal }
        let options = ExecOptions(
            container: write.container, timeout: .seconds(write.timeoutSeconds), outputLimit: Self.readLimit)
        do {
            let result = try await api.exec(
                ContainerCommand(
                    write.command, pod: write.target.name, namespace: write.target.namespace ?? "", options: options))
            return outcome(of: result, redactor)
        } catch is CancellationError {
            return .unknown("cancelled while the command ran")
        } catch let status as APIStatus where status.code < 500 && status.code != 408 {
            return .rejected(ToolFailure(describing: status).message)
        } catch let status as APIStatus where Self.isWithoutProgram(status) {
            return .failed(
                "the container's image doesn't have the program \(write.command.first ?? ""): nothing was run")
        } catch let error as KubeClientError where error.code == .unsupported || error.code == .configuration {
            return .rejected(ToolFailure(describing: error).message)
        } catch let error as KubeClientError where error.code == .timeout {
            return .unknown("the command had not ended after \(write.timeoutSeconds) s, and may still be running")
        } catch {
            return .unknown("no answer from the container: \(error)")
        }
    }

    /// Container runtimes (runc, crun) say so before anything is started; the kubelet hands it on as an internal error.
    private static func isWithoutProgram(_ status: APIStatus) -> Bool {
        status.message.contains("executable file") && status.message.contains("not found in $PATH")
    }

    /// The pod is looked at once more: the API runs a command in whatever has the name.
    private func refusal(of write: PlannedCommand, _ api: ReadOnlyAPI) async -> WriteOutcome? {
        do {
            let pod = try await api.find(.pods, namespace: write.target.namespace, name: write.target.name)
            guard let pod else { return .stale("\(write.target.text) was deleted") }
            guard pod.uid == write.target.uid else { return .stale("\(write.target.text) was replaced by a new one") }
            return nil
        } catch {
            return .rejected("\(write.target.text) cannot be read: \(ToolFailure(describing: error).message)")
        }
    }

    private func outcome(of result: ExecResult, _ redactor: Redactor) -> WriteOutcome {
        func part(_ title: String, text: String) -> String {
            guard !text.isEmpty else { return "" }
            return "\n\(title):\n" + redactor.redact(text: text)
        }
        let text =
            "exit code \(result.exitCode)" + part("output", text: result.outputText)
            + part("errors", text: result.errorText)
        let cut = OutputLimit.cutMiddle(text, to: Self.outputLimit, rest: "let the command write less to see them")
        return result.exitCode == 0 ? .applied(cut) : .failed(cut)
    }

    package func recover(
        _ write: PlannedCommand, change: ChangeRecord?, api: ReadOnlyAPI, redactor: Redactor
    ) async throws -> WriteOutcome {
        .unknown("a command in \(write.target.text) may have been run, and nothing shows whether it was")
    }

    package func refresh(
        _ write: PlannedCommand, api: ReadOnlyAPI, redactor: Redactor
    ) async throws -> PlannedCommand? { nil }
}
