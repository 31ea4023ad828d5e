import FoundationEssentials
import KubeModel

/// Keeps a plug-in's answer until it expires or the server refuses it, and runs the plug-in once for all who wait.
actor ExecCredentialCache {
    private let run: @Sendable () async throws -> ExecCredential
    private let now: @Sendable () -> KubeTime
    private var known: ExecCredential?
    private var isRunning = false
    /// How many runs have begun, and which of them brought `known`.
    private var begun = 0
    private var knownRun = 0
    private var waiters: [CheckedContinuation<Void, Never>] = []
    /// How many wait for a run that is under way.
    var waiterCount: Int { waiters.count }

    init(
        now: @escaping @Sendable () -> KubeTime = { KubeTime(seconds: Date().timeIntervalSince1970) },
        run: @escaping @Sendable () async throws -> ExecCredential
    ) {
        self.now = now
        self.run = run
    }

    func current() async throws -> ExecCredential {
        try await credential { $0.expiration.map { now() < $0 } ?? true }
    }

    /// Not the one that was refused, unless the plug-in gives it again.
    func renewed(insteadOf refused: PresentedCredential) async throws -> ExecCredential {
        try await credential { $0.presented != refused }
    }

    private func credential(_ isUsable: (ExecCredential) -> Bool) async throws -> ExecCredential {
        let before = begun
        while isRunning { await withCheckedContinuation { waiters.append($0) } }
        try Task.checkCancellation()
        // Of a run that began after this call, another one would bring nothing newer, whatever it brought.
        if let known, isUsable(known) || knownRun > before { return known }
        isRunning = true
        begun += 1
        let number = begun
        defer {
            isRunning = false
            let waiting = waiters
            waiters = []
            for waiter in waiting { waiter.resume() }
        }
        let fresh = try await run()
        known = fresh
        knownRun = number
        return fresh
    }
}
