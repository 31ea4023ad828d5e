/// What a command tells the shell. Scripts rely on the numbers: they never change their meaning.
public struct ExitStatus: Error, Sendable, Hashable {
    public var code: Int32
    public init(code: Int32) { self.code = code }

    public static let success = ExitStatus(code: 0)
    /// Anything that no other number says.
    public static let error = ExitStatus(code: 1)
    /// The command line can't be understood.
    public static let usage = ExitStatus(code: 2)
    /// The turn can't go on before a person decides.
    public static let waitsForApproval = ExitStatus(code: 3)
    /// The turn ended without an answer.
    public static let turnFailed = ExitStatus(code: 4)
    /// The turn was stopped, or something in it was denied or not decided in time.
    public static let refused = ExitStatus(code: 5)
    /// Nothing was decided: what is there now isn't what was shown.
    public static let changed = ExitStatus(code: 6)
    /// The transcript isn't the one that the operator wrote.
    public static let tampered = ExitStatus(code: 7)
    /// As `timeout(1)` has it.
    public static let timeout = ExitStatus(code: 124)
    /// 128 and the number of SIGINT, as shells have it.
    public static let interrupted = ExitStatus(code: 130)
}
