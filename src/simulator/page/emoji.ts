/** The emoji that bots and people in trouble use, by Slack's names. One that is not here is shown by its name. */
const TABLE = `
+1 👍 -1 👎 thumbsup 👍 thumbsdown 👎 ok_hand 👌 clap 👏 raised_hands 🙌 pray 🙏 wave 👋 muscle 💪 eyes 👀 point_right 👉 point_up ☝️
heart ❤️ fire 🔥 boom 💥 zap ⚡ sparkles ✨ star ⭐ tada 🎉 rocket 🚀 100 💯 trophy 🏆 bulb 💡 bell 🔔 no_bell 🔕 loudspeaker 📢 mega 📣
rotating_light 🚨 warning ⚠️ no_entry ⛔ no_entry_sign 🚫 octagonal_sign 🛑 x ❌ heavy_check_mark ✔️ white_check_mark ✅ ballot_box_with_check ☑️
question ❓ exclamation ❗ grey_question ❔ information_source ℹ️ sos 🆘 construction 🚧 red_circle 🔴 large_red_circle 🔴 large_orange_circle 🟠
large_yellow_circle 🟡 large_green_circle 🟢 large_blue_circle 🔵 white_circle ⚪ black_circle ⚫ large_orange_diamond 🔶 small_red_triangle 🔺
arrow_up ⬆️ arrow_down ⬇️ arrow_right ➡️ arrow_left ⬅️ arrow_forward ▶️ double_vertical_bar ⏸️ stop_button ⏹️ repeat 🔁 arrows_counterclockwise 🔄
hourglass ⌛ hourglass_flowing_sand ⏳ stopwatch ⏱️ timer_clock ⏲️ alarm_clock ⏰ clock1 🕐 calendar 📅 date 📅 pushpin 📌 round_pushpin 📍
chart_with_upwards_trend 📈 chart_with_downwards_trend 📉 bar_chart 📊 clipboard 📋 memo 📝 pencil 📝 pencil2 ✏️ book 📖 books 📚 bookmark 🔖
bookmark_tabs 📑 page_facing_up 📄 scroll 📜 notebook 📓 newspaper 📰 link 🔗 paperclip 📎 mag 🔍 mag_right 🔎 lock 🔒 unlock 🔓 key 🔑 shield 🛡️
wrench 🔧 hammer 🔨 hammer_and_wrench 🛠️ gear ⚙️ nut_and_bolt 🔩 electric_plug 🔌 battery 🔋 computer 💻 desktop_computer 🖥️ satellite 📡 globe_with_meridians 🌐
package 📦 inbox_tray 📥 outbox_tray 📤 mailbox 📫 email 📧 envelope ✉️ telephone_receiver 📞 phone ☎️ pager 📟 iphone 📱 card_index_dividers 🗂️ file_folder 📁
fire_engine 🚒 ambulance 🚑 police_car 🚓 fire_extinguisher 🧯 firefighter 🧑‍🚒 detective 🕵️ robot_face 🤖 ghost 👻 skull 💀 bug 🐛 snail 🐌 turtle 🐢
smile 😄 smiley 😃 grinning 😀 grin 😁 joy 😂 sweat_smile 😅 slightly_smiling_face 🙂 wink 😉 blush 😊 sunglasses 😎 thinking_face 🤔 neutral_face 😐
confused 😕 worried 😟 cry 😢 sob 😭 scream 😱 sweat 😓 tired_face 😫 sleeping 😴 facepalm 🤦 shrug 🤷 exploding_head 🤯 partying_face 🥳 hugging_face 🤗
bust_in_silhouette 👤 busts_in_silhouette 👥 speech_balloon 💬 thought_balloon 💭 left_speech_bubble 🗨️ raised_hand ✋ hand ✋ writing_hand ✍️ crossed_fingers 🤞
one 1️⃣ two 2️⃣ three 3️⃣ four 4️⃣ five 5️⃣ sun_with_face 🌞 sunny ☀️ cloud ☁️ rain_cloud 🌧️ thunder_cloud_and_rain ⛈️ snowflake ❄️ ocean 🌊 coffee ☕ beer 🍺
pizza 🍕 cake 🍰 shopping_trolley 🛒 moneybag 💰 credit_card 💳 department_store 🏬 house 🏠 office 🏢 factory 🏭 checkered_flag 🏁 triangular_flag_on_post 🚩
`;

const words = TABLE.trim().split(/\s+/);

const byName = new Map(words.flatMap((name, i) => (i % 2 ? [] : [[name, words[i + 1] ?? ''] as const])));

export const emojiOf = (name: string): string | undefined => byName.get(name.replace(/::skin-tone-\d$/, ''));
