import { chromium } from "playwright-core";
import { readFileSync } from "node:fs";
import { keepPeers } from "./lib/page_tools.mjs";
import { Person } from "./lib/person.mjs";
import { admit, petitionerComes, staffComes } from "./lib/hearing_steps.mjs";
const demo = JSON.parse(readFileSync("/tmp/web2-data/demo.json"));
const S = "/tmp/web2-shots/";
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox","--disable-gpu","--use-fake-device-for-media-stream=fps=10","--use-fake-ui-for-media-stream","--autoplay-policy=no-user-gesture-required","--ignore-certificate-errors"] });
async function person(name, size, language="zh-CN") {
  const c = await browser.newContext({ viewport: size, locale: language, ignoreHTTPSErrors: true, permissions: ["camera","microphone"] });
  await c.addInitScript(keepPeers);
  const w = new Person(name, await c.newPage(), "chromium"); w.close = () => c.close(); return w;
}
const D={width:1280,height:800}, P={width:360,height:740};
const sleep=(ms)=>new Promise(r=>setTimeout(r,ms));
const log=(...a)=>console.log(new Date().toISOString().slice(11,19),...a);
try {
  const clerk = await person("clerk", D), pres = await person("pres", D), pet = await person("pet", P);
  const login = async (who, a) => { await who.open(`${demo.http}/login`); await who.fill("账号", a.login); await who.fill("密码", a.password); await who.click("button","登录"); await who.sees("今日接访"); };
  await staffComes(pres, demo.links.presiding); log("pres");
  await pres.sees("宣布开始"); await pres.click("button","宣布开始"); await sleep(800); await pres.shot(S+"01-refused.png"); log("refused:", (await pres.text()).match(/[^ ]*(还没有进入|没有进入|不在会场)[^ ]*/)?.[0]);
  await login(clerk, demo.accounts.clerk); await clerk.click("link","进入"); await clerk.click("button","继续"); await clerk.sees("等候"); log("clerk in");
  await petitionerComes(pet, demo.links.petitioner); log("pet waits");
  await clerk.sees("张小满"); await clerk.click("button","核验身份"); await sleep(300); await clerk.shot(S+"02-check.png");
  await clerk.click("button","取消"); await admit(clerk,"张小满"); await pet.sees("静音"); log("admitted");
  await pres.click("button","宣布开始"); await pres.sees("正在录制",30000); log("recording");
  await pres.receives("video",2,40000); log("video");
  await pres.shot(S+"03-room-1280.png"); await clerk.page.setViewportSize({width:1920,height:1080}); await sleep(800); await clerk.shot(S+"03-room-1920.png"); await clerk.page.setViewportSize(D); await pet.shot(S+"03-room-phone.png");
  await pres.click("button","共享屏幕"); await sleep(3500); await clerk.shot(S+"04-share-clerk.png"); await pres.shot(S+"04-share-pres.png"); await pet.shot(S+"04-share-phone.png"); 
  log("share", JSON.stringify((await clerk.inbound()).filter(r=>r.kind==="video").map(r=>[r.mid,r.frames,r.width])), (await clerk.text()).includes("共享屏幕"));
  log("slots audio energy", JSON.stringify((await clerk.inbound()).filter(r=>r.kind==="audio").map(r=>[r.mid,r.packets,r.energy.toFixed(3)])));
  await pres.click("button","停止共享").catch(e=>log("noshare",e.message.slice(0,100)));
  await pres.click("button","进入").catch(e=>log("phase",e.message.slice(0,200))); await sleep(6000);
  await pres.shot(S+"04b-phase.png");
  await pres.click("button","休会"); await pres.fill("理由","当事人需要休息"); await pres.click("button","休会",1); await pet.sees("休会中"); await sleep(4000); await clerk.shot(S+"05-recess.png");
  await pres.click("button","恢复"); await pet.seesNo("休会中"); await sleep(6000);
  await pet.click("button","关闭画面").catch(e=>log("cam",e.message.slice(0,200))); await sleep(4000);
  log("close");
  await pres.click("button","结束接访"); await pres.click("radio","解释"); await pres.fill("说明","已说明维修责任，十日内修复。"); await pres.shot(S+"06-close.png"); await pres.click("button","结束接访",1);
  await pet.sees("接访已结束"); await sleep(500); await pres.shot(S+"07-end-pres.png"); await clerk.shot(S+"07-end-clerk.png"); await pet.shot(S+"07-end-pet.png"); log("ended");
  await clerk.click("link","打开案卷").catch(e=>log("no link case",e.message.slice(0,200))); await sleep(400); await clerk.shot(S+"08-case-at-once.png");
  await clerk.until("ready", async()=>(await clerk.has("link","查看录音录像")), 60000); log("derived"); await clerk.shot(S+"09-case-ready.png");
  await clerk.close(); await pres.close(); await pet.close();
} catch (e) { console.log("FAILED", e.message); for (const [i,c] of browser.contexts().entries()) await c.pages()[0]?.screenshot({path:S+`fail-${i}.png`}).catch(()=>{}); }
await browser.close();
