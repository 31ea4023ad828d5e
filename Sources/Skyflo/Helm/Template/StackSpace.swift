import Glibc

/// Runs what recurses deeply on a thread with a stack large enough for it.
///
/// Templates that include each other go a thousand levels deep before Helm refuses, which no pool's thread has room for.
enum StackSpace {
    static let bytes = 512 << 20
    /// What is left below the limit for functions that don't ask for it.
    private static let reserve = 1 << 20

    /// The result of `body`, which is given the lowest address that its stack may reach. The caller waits for it.
    static func run<Value>(_ body: (_ limit: UInt) throws(HelmError) -> Value) throws(HelmError) -> Value {
        var result: Result<Value, HelmError>?
        withoutActuallyEscaping(body) { body in
            let job = Job {
                var here: UInt8 = 0
                let top = withUnsafeMutablePointer(to: &here) { UInt(bitPattern: $0) }
                do throws(HelmError) {
                    result = .success(try body(top - UInt(bytes - reserve)))
                } catch {
                    result = .failure(error)
                }
            }
            start(job)
        }
        guard let result else { throw HelmError("there is no memory for a thread to render on") }
        return try result.get()
    }

    private final class Job {
        let body: () -> Void

        init(_ body: @escaping () -> Void) {
            self.body = body
        }
    }

    private static func start(_ job: Job) {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setstacksize(&attributes, bytes)
        var thread = pthread_t()
        let context = Unmanaged.passRetained(job)
        let status = pthread_create(
            &thread, &attributes,
            { context in
                guard let context else { return nil }
                Unmanaged<Job>.fromOpaque(context).takeRetainedValue().body()
                return nil
            }, context.toOpaque())
        guard status == 0 else { return context.release() }
        pthread_join(thread, nil)
    }
}
