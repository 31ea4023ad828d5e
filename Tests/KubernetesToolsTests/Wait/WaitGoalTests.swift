import FakeKubeAPI
import KubeModel
import Testing

@testable import KubernetesTools
@testable import Writes

@Suite struct WaitGoalTests {
    @Test(arguments: [
        ("condition=Ready", "condition Ready"), ("Condition=available=false", "condition available=false"),
        ("Ready", "condition Ready"), ("condition=ready=", "condition ready"), ("DELETE", "deletion"),
        ("create", "creation"), ("jsonpath={.status.phase}=Running", "{.status.phase}=Running"),
        ("jsonpath='{.status.phase}'=Running", "{.status.phase}=Running"),
        ("jsonpath=.status.phase=\"Running\"", "{.status.phase}=Running"),
        ("jsonpath={.status.loadBalancer.ingress}", "{.status.loadBalancer.ingress}"),
        ("{.a[?(@.type==\"Ready\")].status}=True", "{.a[?(@.type==\"Ready\")].status}=True"),
    ])
    func `what kubectl takes is read`(_ source: String, _ title: String) throws {
        #expect(try WaitGoal(parsing: source).title == title)
    }

    @Test(arguments: [
        "", "=", "condition=", "jsonpath=", "jsonpath={.a", "jsonpath={.a}=", "when it is ready", "jsonpath={.a[?(x)]}",
    ])
    func `what can't be meant is refused`(_ source: String) {
        #expect(throws: ToolFailure.self) { try WaitGoal(parsing: source) }
    }

    @Test(arguments: [
        ("{.status.phase}", ["Running"]), (".status.phase", ["Running"]), ("$.status.phase", ["Running"]),
        ("{.spec.containers[*].image}", ["a:1", "b:2"]), ("{.spec.containers[-1].image}", ["b:2"]),
        ("{.spec.containers[0]['image']}", ["a:1"]), ("{.metadata.labels.app\\.io/name}", ["x"]),
        ("{.metadata.labels['app.io/name']}", ["x"]), ("{.spec.containers[?(@.name=='b')].image}", ["b:2"]),
        ("{.spec.containers[?(@.name!=\"b\")].image}", ["a:1"]), ("{.status.count}", ["3"]), ("{.status.no}", []),
        ("{.spec.containers[5].image}", []), ("{.metadata.labels.*}", ["x"]), ("{..image}", ["a:1", "b:2"]),
        ("{.spec..name}", ["a", "b"]), ("{.spec.containers[?(@.ports[*]==80)].name}", ["b"]),
        ("{.spec.containers[?(@.ports)].name}", ["b"]), ("{.spec.containers[*].ports[?(@==\"81\")]}", ["81"]),
        ("{.spec.containers[?(@.ports[0]!=80)].name}", ["a"]),
    ])
    func `paths lead to what they lead to in kubectl`(_ path: String, _ values: [String]) throws {
        let pod = yaml(
            """
            metadata: {labels: {app.io/name: x}}
            spec: {containers: [{name: a, image: "a:1"}, {name: b, image: "b:2", ports: [80, 81]}]}
            status: {phase: Running, count: 3, no: null}
            """)
        #expect(try FieldPath(parsing: path).values(in: pod.json).map { $0.string ?? JSONWriter.string($0) } == values)
    }

    private func finding(_ goal: String, _ text: String) throws -> WaitGoal.Finding {
        try WaitGoal(parsing: goal).finding(yaml(text))
    }

    @Test func `a condition counts when its controller has seen the newest generation`() throws {
        let old =
            "{kind: Deployment, apiVersion: apps/v1, metadata: {generation: 3}, status: {observedGeneration: 2, "
            + "conditions: [{type: Available, status: 'True'}]}}"
        #expect(try finding("condition=Available", old).text.contains("has not seen the newest change"))
        let new = old.replacing("observedGeneration: 2", with: "observedGeneration: 3")
        #expect(try finding("condition=available", new) == .met("Available=True"))
        #expect(try !finding("condition=Available=False", new).isMet)
    }

    @Test func `an object that lacks it says how it is`() throws {
        let pod = """
            {apiVersion: v1, kind: Pod, metadata: {name: web}, status: {phase: Pending, conditions: [
              {type: Ready, status: 'False', reason: ContainersNotReady, message: "containers with unready status: [app]"},
              {type: PodScheduled, status: 'True'}]}}
            """
        let text = try finding("condition=Ready", pod).text
        #expect(
            text.hasPrefix("Ready=False (ContainersNotReady: containers with unready status: [app]); PodScheduled=True")
        )
        #expect(try finding("condition=Gone", pod).text.hasPrefix("no condition Gone; Ready=False"))
    }

    @Test func `what has ended does not become ready any more`() throws {
        let job = """
            {apiVersion: batch/v1, kind: Job, metadata: {name: j}, status: {conditions: [
              {type: Failed, status: 'True', reason: BackoffLimitExceeded}]}}
            """
        let finding = try finding("condition=Complete", job)
        #expect(!finding.isMet && !finding.isPending && finding.text.contains("BackoffLimitExceeded"))
        #expect(try self.finding("condition=Failed", job).isMet)
        let pod = "{apiVersion: v1, kind: Pod, metadata: {name: p}, status: {phase: Succeeded}}"
        #expect(try !self.finding("condition=Ready", pod).isPending)
    }
}
