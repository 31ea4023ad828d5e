/// What a command tells the shell. Scripts rely on the numbers: they never change their meaning.
package struct ExitStatus: Error, Sendable, Hashable {
    package var code: Int32
    package init(code: Int32) { self.code = code }

    package static let success = ExitStatus(code: 0)
    /// Anything that no other number says.
    package static let error = ExitStatus(code: 1)
    /// The command line can't be understood.
    package static let usage = ExitStatus(code: 2)
    /// The turn can't go on before a person decides.
    package static let waitsForApproval = ExitStatus(code: 3)
    /// The turn ended without an answer.
    package static let turnFailed = ExitStatus(code: 4)
    /// The turn was stopped, or something in it was denied or not decided in time.
    package static let refused = ExitStatus(code: 5)
    /// Nothing was decided: what is there now isn't what was shown.
    package static let changed = ExitStatus(code: 6)
    /// The transcript isn't the one that the operator wrote.
    package static let tampered = ExitStatus(code: 7)
    /// A transcript that is run again leads to other decisions than those that were recorded.
    package static let differs = ExitStatus(code: 8)
    /// As `timeout(1)` has it.
    package static let timeout = ExitStatus(code: 124)
    /// 128 and the number of SIGINT, as shells have it.
    package static let interrupted = ExitStatus(code: 130)
}
