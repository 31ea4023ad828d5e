import FakeKubeAPI
import KubeClient
import KubeModel
import Testing

@testable import KubernetesTools
@testable import Writes

@Suite struct CreateJobToolTests {
    private func api(_ spec: String = "", status: String = "{}") -> FakeAPI {
        let api = FakeAPI()
        api.put(
            yaml(
                """
                apiVersion: batch/v1
                kind: CronJob
                metadata: {name: report, namespace: shop, uid: u1}
                spec:
                  schedule: "0 3 * * *"
                  \(spec)
                  jobTemplate:
                    metadata: {labels: {app: report}, annotations: {team: a}}
                    spec: {backoffLimit: 1, template: {spec: {restartPolicy: Never, containers: [{name: c, image: "r:1"}]}}}
                status: \(status)
                """))
        return api
    }

    @Test func `a job is made as kubectl makes it`() async throws {
        let proposal = try await proposal(
            api(), "k8s_create_job_from_cronjob", ["cronjob_name": "report", "name": "now"])
        #expect(
            golden(proposal) == #"""
                Create job shop/now from cronjob shop/report [Medium]
                POST /apis/batch/v1/namespaces/shop/jobs?fieldManager=skyflo&fieldValidation=Strict application/json
                {"apiVersion":"batch/v1","kind":"Job","metadata":{"name":"now","namespace":"shop","labels":{"app":"report"},"annotations":{"team":"a","cronjob.kubernetes.io/instantiate":"manual"},"ownerReferences":[{"apiVersion":"batch/v1","kind":"CronJob","name":"report","uid":"u1","controller":true}]},"spec":{"backoffLimit":1,"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"r:1"}]}}}}
                → job shop/now is complete
                → no new warnings about job shop/now
                """#)
    }

    @Test func `without a name it gets one that is the same however often it is sent`() async throws {
        let proposal = try await proposal(api(), "k8s_create_job_from_cronjob", ["cronjob_name": "report"])
        #expect(proposal.requests[0].target.name == "report-manual-tro8w0" && proposal.requests[0].hasPreconditions)
    }

    @Test func `what the cronjob says of itself, and doesn't hold for the job, is said`() async throws {
        let proposal = try await proposal(
            api(
                "{suspend: true, concurrencyPolicy: Forbid}".replacing("{", with: "").replacing("}", with: "")
                    .split(separator: ", ").joined(separator: "\n  "), status: "{active: [{name: report-1}]}"),
            "k8s_create_job_from_cronjob", ["cronjob_name": "report"])
        #expect(proposal.warnings.count == 2 && proposal.warnings[0].contains("suspended"))
        #expect(proposal.warnings[1].hasPrefix("report-1 runs already"))
    }

    @Test func `a name that is taken, wrong or of nothing is refused`() async {
        let api = api()
        api.put(yaml("{apiVersion: batch/v1, kind: Job, metadata: {name: now, namespace: shop}}"))
        for (arguments, expected) in [
            (["cronjob_name": "report", "name": "now"], "name: job shop/now exists already"),
            (["cronjob_name": "report", "name": "a.b"], "no name of a job"),
            (["cronjob_name": "nope"], "not found"), (["name": "now"], "cronjob_name: required"),
        ] as [(JSONValue, String)] {
            let text = await failure(api, "k8s_create_job_from_cronjob", arguments)
            #expect(text.contains(expected), "\(text)")
        }
    }
}
